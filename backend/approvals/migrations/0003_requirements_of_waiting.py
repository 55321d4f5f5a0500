"""Decisions that wait for approvals already keep asking the roles that policy names today."""

from django.db import migrations

from backend.config import hall


def fill(apps, schema_editor):
    decisions = apps.get_model("cases", "Decision")
    requirements = apps.get_model("approvals", "Requirement")
    for decision in decisions.objects.filter(state="proposed", approvals_needed__gt=0):
        policy = hall().policy.approvals.get(decision.kind)
        if policy is None:  # a kind that no policy knows can no longer be approved
            continue
        roles = policy.roles
        requirements.objects.create(
            decision=decision, count=decision.approvals_needed, roles=list(roles)
        )
        for word in decision.approvals.select_related("by"):
            word.roles = sorted(word.by.groups.values_list("name", flat=True))
            word.save(update_fields=["roles"])


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0002_requirements_and_oversight"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
