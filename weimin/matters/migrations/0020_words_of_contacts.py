"""What was said at a contact stands in the timeline, in the line written with it; first each is looked for there."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import Exists, OuterRef


class WordsOnlyHere(Exception):
    """A contact says something that its line in the timeline does not."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"What was said at a contact about {number} does not stand in its timeline, so it cannot be left out. "
            "Nothing was changed. Compare matters_contact with matters_event for this matter."
        )


def prove_words(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    contact, event = (apps.get_model("matters", name) for name in ("Contact", "Event"))
    line = event.objects.filter(
        matter=OuterRef("matter"), act="CONTACT", at=OuterRef("recorded_at"), words=OuterRef("words")
    )
    alone = contact.objects.exclude(words="").exclude(Exists(line)).select_related("matter").order_by("pk").first()
    if alone is not None:
        raise WordsOnlyHere(alone.matter.number)


class Migration(migrations.Migration):
    dependencies = [("matters", "0019_answer_of_a_line")]

    operations = [
        migrations.RunPython(prove_words, migrations.RunPython.noop),
        migrations.RemoveField("contact", "words"),
    ]
