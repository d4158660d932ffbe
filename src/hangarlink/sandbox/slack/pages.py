"""The two pages people see: the question whether the app may come in, and what it has written."""

from html import escape
from urllib.parse import parse_qs, urlencode

from hangarlink.sandbox.slack.workspace import CLIENT_ID, Message, Workspace
from hangarlink.sandbox.wsgi import Reply, Request

LOOK = (
    "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
    "<title>Sandbox Slack</title><style>body{font:15px/1.5 system-ui,sans-serif;max-width:42rem;margin:3rem auto;"
    "padding:0 1rem;color-scheme:light dark}small{opacity:.7}article{border-top:1px solid #8885;padding:.8rem 0;"
    "white-space:pre-wrap}button{font:inherit;padding:.4rem 1rem}</style>"
)
HTML = {"Content-Type": "text/html; charset=utf-8"}


def authorise(request: Request, workspace: Workspace) -> Reply:
    """GET asks, POST is the answer: back to the app with a code, or with error=access_denied."""
    asked = request.query
    if asked.get("client_id") != CLIENT_ID:
        return _page(400, "<h1>Invalid client_id</h1><p>The sandbox knows one app; its id is in the documentation.")
    redirect_uri = asked.get("redirect_uri", "")
    if not redirect_uri.startswith(("http://", "https://")):
        return _page(400, "<h1>redirect_uri did not match any configured URIs</h1>")
    if request.method != "POST":
        return _page(200, _question(asked, workspace))
    length = request.environ.get("CONTENT_LENGTH") or "0"
    body = request.environ["wsgi.input"].read(min(int(length) if length.isdigit() else 0, 10_000)).decode()
    answer: dict[str, str] = {"state": asked.get("state", "")}
    if parse_qs(body).get("answer") == ["deny"]:
        answer["error"] = "access_denied"
    else:
        answer["code"] = workspace.offer(
            redirect_uri=redirect_uri, scope=asked.get("scope", ""), challenge=asked.get("code_challenge", "")
        )
    joint = "&" if "?" in redirect_uri else "?"
    return Reply(302, b"", {"Location": redirect_uri + joint + urlencode(answer)})


def received(workspace: Workspace) -> Reply:
    """Newest first, with the channel it stands in."""
    names = {one.id: one.name for one in workspace.channels.values()}
    shown = "".join(_message(one, names) for one in reversed(workspace.messages[-200:]))
    empty = "<p>No message yet. Connect the workspace in Hangarlink and make a rule."
    return _page(200, f"<h1>{escape(workspace.name)}</h1><small>A sandbox Slack</small>{shown or empty}")


def _question(asked: dict[str, str], workspace: Workspace) -> str:
    scopes = "".join(f"<li><code>{escape(one)}</code>" for one in asked.get("scope", "").split(",") if one)
    return (
        f"<h1>Hangarlink wants to join {escape(workspace.name)}</h1><small>A sandbox Slack</small>"
        f"<p>It asks for:<ul>{scopes}</ul><form method=post><button name=answer value=allow>Allow</button> "
        "<button name=answer value=deny>Cancel</button></form>"
    )


def _message(one: Message, names: dict[str, str]) -> str:
    place = f"#{names.get(one.channel, one.channel)} · {one.ts}"
    return f"<article><small>{escape(place)}</small>\n{escape(one.text)}</article>"


def _page(status: int, body: str) -> Reply:
    return Reply(status, (LOOK + body).encode(), dict(HTML))
