"""The members of the sample business. The only passwords that are known in advance; they exist nowhere else."""

from dataclasses import dataclass

from wayloop.accounts.enums import Role

SAMPLE_PASSWORD = "sample-coffee"  # noqa: S105 – printed for everybody who tries the sample


@dataclass(frozen=True)
class SampleMember:
    """One way into the sample business."""

    name: str
    email: str
    role: Role


SAMPLE_MEMBERS = (
    SampleMember("Оксана Коваль", "oksana@example.com", Role.OWNER),
    SampleMember("Марко Бондар", "marko@example.com", Role.MANAGER),
    SampleMember("Ірина Соколова", "iryna@example.com", Role.AGENT),
    SampleMember("Тимур Алієв", "timur@example.com", Role.FRONT_DESK),
    SampleMember("Віра Лінд", "vera@example.com", Role.READER),
)
