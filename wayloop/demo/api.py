"""The face of the sample business for those who start it."""

from wayloop.demo.services import SIGN_INS, NotASample, build_sample_business, is_built

__all__ = ["SIGN_INS", "NotASample", "build_sample_business", "is_built"]
