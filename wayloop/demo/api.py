"""The face of the sample business for those who start it."""

from wayloop.demo.services import SIGN_INS, build_sample_business

__all__ = ["SIGN_INS", "build_sample_business"]
