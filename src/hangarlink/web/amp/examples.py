"""Example programmes to begin with."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from hangarlink.maintenance.amp.examples import examples, take_example
from hangarlink.maintenance.amp.models import Programme
from hangarlink.web.access import PageRequest, page
from hangarlink.web.forms import Form, refusals_on, sent, show_form


@page(permission="amp.edit")
def listing(request: PageRequest) -> HttpResponse:
    """Choose an example; it becomes a draft of this account."""
    form = Form(sent(request))
    if form.is_valid():
        with refusals_on(form):
            draft = take_example(request.POST.get("key", ""), acting_user=request.actor)
            messages.success(request, f"{draft.programme} is a draft now. It is an example: check every interval.")
            return redirect("programmes:revision", draft.pk)
    taken = dict(Programme.objects.values_list("code", "pk"))
    rows = [(one, taken.get(one.code)) for one in examples()]
    return show_form(request, "amp/examples.html", form, {"rows": rows})
