"""The two pages a person sees: what the sandbox is, and the question whether the app may look into the books."""

from collections.abc import Iterable, Mapping
from html import escape

from hangarlink.sandbox.quickbooks.company import Company

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 34rem; margin: 4rem auto; padding: 0 1rem; }
form { border: 1px solid #8886; border-radius: .6rem; padding: 1.2rem; }
button { font: inherit; padding: .5rem 1.2rem; border-radius: .4rem; border: 1px solid #8888; margin-right: .5rem; }
button.main { background: #2ca01c; color: #fff; border-color: #2ca01c; }
select { font: inherit; padding: .3rem; width: 100%; margin: .3rem 0 1rem; }
small { color: #777; }
"""


def _page(title: str, body: str) -> str:
    return (
        f"<!doctype html><html lang='en'><meta charset='utf-8'><title>{escape(title)}</title>"
        f"<meta name='viewport' content='width=device-width'><style>{_STYLE}</style><h1>{escape(title)}</h1>{body}"
    )


def consent(companies: Iterable[Company], hidden: Mapping[str, str], app: str) -> str:
    """The consent page. `hidden` goes along with the answer, unseen."""
    fields = "".join(
        f"<input type='hidden' name='{escape(name)}' value='{escape(value)}'>" for name, value in hidden.items()
    )
    choices = "".join(
        f"<option value='{escape(one.realm_id)}'>{escape(one.name)} ({escape(one.realm_id)})</option>"
        for one in companies
    )
    return _page(
        "Sandbox QuickBooks",
        f"<p><strong>{escape(app)}</strong> asks to read and write the books of a company.</p>"
        f"<form method='post'>{fields}"
        f"<label for='realmId'>Company</label><select id='realmId' name='realmId'>{choices}</select>"
        "<button class='main' name='answer' value='connect'>Connect</button>"
        "<button name='answer' value='cancel'>Cancel</button></form>"
        "<p><small>This is not QuickBooks: it is a stand-in on your own machine, with invented books.</small></p>",
    )


def refused(why: str) -> str:
    """What cannot be sent back to the app, because it is not clear that the app asked."""
    return _page("Sandbox QuickBooks", f"<p>{escape(why)}</p>")
