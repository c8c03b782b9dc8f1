"""Our own field rendering: label above, hint, error at the field (ui.md, 6.5)."""

from django.forms.renderers import TemplatesSetting


class FieldRenderer(TemplatesSetting):
    field_template_name = "common/_field.html"
