from typing import Self

from django.db import models
from django.db.models import Q


class BoardQuerySet(models.QuerySet):
    def numbered(self, number: str) -> Self:
        """The board with this five-digit number."""
        return self.filter(number=number)


class SchoolQuerySet(models.QuerySet):
    def of_board(self, number: str | None) -> Self:
        """The schools that the board with this number governs today; none when there is no board."""
        return self.filter(board__number=number) if number else self.none()

    def matching(self, words: str) -> Self:
        """The schools whose name, BRIN or place holds each of the words, whatever their case or accents."""
        schools = self
        for word in words.split():
            schools = schools.filter(
                Q(name__unaccent__icontains=word) | Q(brin__icontains=word) | Q(city__unaccent__icontains=word)
            )
        return schools


class CaseQuerySet(models.QuerySet):
    def open(self) -> Self:
        """The cases that support has not closed, the oldest first."""
        return self.filter(closed_on=None).select_related("school__board").order_by("opened_on", "school__brin")


class ListImportQuerySet(models.QuerySet):
    def without_contents(self) -> Self:
        """The log: everything but the lists themselves, which are megabytes."""
        return self.defer("contents")
