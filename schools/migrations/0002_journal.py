"""Boards, schools and locations change with a journal entry only (D14)."""

from django.db import migrations

from journal.triggers import journaled


class Migration(migrations.Migration):
    dependencies = [("schools", "0001_initial"), ("journal", "0002_guard")]

    operations = [
        journaled("schools_board", kind="board", key="NEW.number", boards="ARRAY[NEW.number]", fixed=["number"]),
        journaled(
            "schools_school",
            kind="school",
            key="NEW.brin",
            # A move concerns both boards (D20).
            boards="ARRAY(SELECT number FROM schools_board WHERE id IN (NEW.board_id, OLD.board_id) ORDER BY number)",
            fixed=["brin"],
        ),
        journaled(
            "schools_location",
            kind="location",
            key="NEW.code",
            boards="ARRAY(SELECT board.number FROM schools_board board JOIN schools_school school"
            " ON school.board_id = board.id WHERE school.brin IN (NEW.brin, OLD.brin) ORDER BY board.number)",
            fixed=["code", "brin"],
        ),
    ]
