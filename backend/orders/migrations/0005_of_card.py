"""An index of orders by card: a link of a card's record asks whether one was printed since."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One index."""

    dependencies = [("orders", "0004_unfinished")]

    operations = [
        migrations.AddIndex(
            model_name="issueorder",
            index=models.Index(fields=["card_number"], name="order_of_card"),
        ),
    ]
