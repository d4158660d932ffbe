"""What pages of compliance look up by id."""

from uuid import UUID

from hangarlink.maintenance.compliance.models import Directive, DirectiveParagraph, DirectiveRevision
from hangarlink.platform.errors import Missing


def find_directive(directive_id: UUID) -> Directive:
    """One directive. Raises Missing."""
    found = Directive.objects.select_related("superseded_by").filter(pk=directive_id).first()
    if found is None:
        raise Missing("There is no such directive in this account.")
    return found


def find_paragraph(paragraph_id: UUID) -> DirectiveParagraph:
    """One paragraph with its directive. Raises Missing."""
    found = DirectiveParagraph.objects.select_related("directive", "requirement").filter(pk=paragraph_id).first()
    if found is None:
        raise Missing("There is no such paragraph in this account.")
    return found


def current_of(directive: Directive) -> DirectiveRevision:
    """The revision in force."""
    return DirectiveRevision.objects.get(directive=directive, number=directive.current)
