"""What arrives, signed how, how often; over real sockets."""

import time
from datetime import timedelta

import pytest
from django.conf import settings
from standardwebhooks import Webhook, WebhookVerificationError

from hangarlink.integration.webhooks import actions
from hangarlink.integration.webhooks.actions import IssuedSecret
from hangarlink.integration.webhooks.delivery.pump import Pump
from hangarlink.integration.webhooks.models import Attempt, Delivery, Endpoint
from hangarlink.integration.webhooks.vocabulary import EndpointState
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.events.models import OutboxEvent
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.models import Account
from tests.integration.webhooks.conftest import add_hook, make_due, now, pump, report_defects, states, the
from tests.integration.webhooks.receiver import Answer, Receiver


def test_an_event_arrives_signed_and_whole(acting: Account, receiver: Receiver, hook: IssuedSecret) -> None:
    (fact,) = report_defects()
    assert pump(acting) is None
    (message,) = receiver.messages
    Webhook(hook.secret).verify(message.raw, message.headers)
    told = OutboxEvent.objects.get(type="defect.reported")
    assert message.body == {
        "id": str(told.id),
        "type": "defect.reported",
        "account_id": str(acting.id),
        "timestamp": told.at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "data": {"defect_id": str(fact.defect_id), "aircraft_id": str(fact.aircraft_id)},
    }
    assert message.id == str(told.id)
    with pytest.raises(WebhookVerificationError):
        Webhook(hook.secret).verify(message.raw + b" ", message.headers)


def test_the_log_says_what_came_of_it(acting: Account, receiver: Receiver, hook: IssuedSecret) -> None:
    receiver.behave = lambda message: Answer(201, b'{"ok": true, "token": "sesame-1234567"}\x00')
    report_defects()
    pump(acting)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.last_status) == ("delivered", 1, 201)
    attempt = Attempt.objects.get()
    assert (attempt.outcome, attempt.number, attempt.delivery_id) == ("delivered", 1, delivery.id)
    assert '"ok": true' in attempt.answer
    assert "sesame" not in attempt.answer
    assert the(hook.endpoint).last_success_at is not None


def test_only_chosen_types_are_sent(acting: Account, receiver: Receiver) -> None:
    add_hook(receiver, event_types=["flight.recorded"])
    add_hook(receiver, "/all", event_types=[])
    report_defects(2)
    pump(acting)
    assert receiver.on("/hook") == []
    assert [m.body["type"] for m in receiver.on("/all")].count("defect.reported") == 2


def test_while_a_secret_rotates_both_sign(acting: Account, receiver: Receiver, hook: IssuedSecret) -> None:
    newer = actions.rotate_secret(hook.endpoint, keep_old_for=timedelta(hours=1), acting_user=SYSTEM)
    report_defects()
    pump(acting)
    message = receiver.messages[0]
    assert len(message.headers["webhook-signature"].split(" ")) == 2
    Webhook(hook.secret).verify(message.raw, message.headers)
    Webhook(newer.secret).verify(message.raw, message.headers)
    Endpoint.objects.update(previous_until=now() - timedelta(seconds=1))
    report_defects()
    pump(acting)
    message = receiver.messages[1]
    Webhook(newer.secret).verify(message.raw, message.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(hook.secret).verify(message.raw, message.headers)


def test_a_leaked_secret_signs_no_more(acting: Account, receiver: Receiver, hook: IssuedSecret) -> None:
    actions.rotate_secret(hook.endpoint, keep_old_for=timedelta(0), acting_user=SYSTEM)
    report_defects()
    pump(acting)
    with pytest.raises(WebhookVerificationError):
        Webhook(hook.secret).verify(receiver.messages[0].raw, receiver.messages[0].headers)


def test_a_refused_delivery_is_tried_again_under_the_same_id_by_the_schedule(
    acting: Account, receiver: Receiver, hook: IssuedSecret
) -> None:
    receiver.behave = lambda message: Answer(500, b"oops")
    report_defects()
    waits = []
    for _ in range(5):
        due = pump(acting)
        waits.append(None if due is None else (due - now()).total_seconds())
        make_due()
    assert len(set(receiver.ids())) == 1
    assert len(receiver.messages) == 5
    for wait, stated in zip(waits[:4], (60, 300, 1800, 7200), strict=True):
        assert wait is not None
        assert stated - 10 <= wait <= stated * 1.1 + 1
    assert waits[4] is None
    assert states(hook.endpoint) == ["failed"]
    assert list(Attempt.objects.order_by("at").values_list("number", flat=True)) == [1, 2, 3, 4, 5]


def test_an_endpoint_that_takes_nothing_is_stopped_and_resuming_sends_what_it_missed(
    acting: Account, receiver: Receiver, hook: IssuedSecret
) -> None:
    receiver.behave = lambda message: Answer(503)
    report_defects(3)
    for _ in range(5):
        pump(acting)
        make_due()
    stopped = the(hook.endpoint)
    assert (stopped.state, stopped.stop_code) == (EndpointState.STOPPED, "dead")
    assert OutboxEvent.objects.filter(type="webhook_endpoint.stopped").count() == 1
    report_defects(2)  # while it is stopped nothing is kept for it
    assert pump(acting) is None
    assert Delivery.objects.count() == 3
    receiver.behave = lambda message: Answer()
    tried = len(receiver.messages)
    actions.resume_endpoint(stopped, acting_user=SYSTEM)
    pump(acting)
    assert states(stopped) == ["delivered"] * 5
    assert len(set(receiver.ids()[tried:])) == 5
    assert the(stopped).failures == 0


def test_resuming_can_pass_over_what_was_missed(acting: Account, receiver: Receiver, hook: IssuedSecret) -> None:
    receiver.behave = lambda message: Answer(500)
    report_defects()
    pump(acting)
    actions.pause_endpoint(hook.endpoint, acting_user=SYSTEM)
    report_defects()
    receiver.behave = lambda message: Answer()
    actions.resume_endpoint(hook.endpoint, replay=False, acting_user=SYSTEM)
    assert pump(acting) is None
    assert states(hook.endpoint) == ["skipped"]
    assert len(receiver.messages) == 1


def test_410_ends_it_at_once(acting: Account, receiver: Receiver, hook: IssuedSecret) -> None:
    receiver.behave = lambda message: Answer(410)
    report_defects(3)
    assert pump(acting) is None
    assert len(receiver.messages) == 1
    assert (the(hook.endpoint).state, the(hook.endpoint).stop_code) == ("stopped", "gone")


def test_retry_after_lengthens_a_wait_and_is_clamped(acting: Account, receiver: Receiver, hook: IssuedSecret) -> None:
    receiver.behave = lambda message: Answer(429, headers={"Retry-After": "600"})
    report_defects(5)
    pump(acting)
    assert len(receiver.messages) == 1, "who asks for time gets it, for all that waits"
    held = the(hook.endpoint).held_until
    assert held is not None
    assert 590 < (held - now()).total_seconds() < 670
    make_due()
    receiver.behave = lambda message: Answer(503, headers={"Retry-After": "99999999"})
    pump(acting)
    held = the(hook.endpoint).held_until
    assert held is not None
    assert (held - now()).total_seconds() < 8000


def test_one_poisoned_event_does_not_keep_the_others(acting: Account, receiver: Receiver, hook: IssuedSecret) -> None:
    facts = report_defects(30)
    bad = str(facts[7].defect_id)
    receiver.behave = lambda message: Answer(400 if message.body["data"]["defect_id"] == bad else 200)
    pump(acting)
    assert states(hook.endpoint).count("delivered") == 29
    for _ in range(4):
        make_due()
        pump(acting)
    assert states(hook.endpoint).count("failed") == 1
    assert the(hook.endpoint).is_active, "an endpoint that takes the others is not dead"


def test_a_receiver_that_answers_with_a_flood_is_not_read(
    acting: Account, receiver: Receiver, hook: IssuedSecret
) -> None:
    receiver.behave = lambda message: Answer(200, b"x" * 10_000_000)
    report_defects()
    pump(acting)
    assert Delivery.objects.get().last_outcome == "too_large"


def test_strict_order_waits_for_the_first(acting: Account, receiver: Receiver) -> None:
    issued = add_hook(receiver, strict_order=True)
    facts = report_defects(40)
    wanted = [str(fact.defect_id) for fact in facts]
    bad = wanted[10]
    receiver.behave = lambda message: Answer(500 if message.body["data"]["defect_id"] == bad else 200)
    pump(acting)
    assert [m.body["data"]["defect_id"] for m in receiver.messages] == wanted[:11]
    receiver.behave = lambda message: Answer()
    make_due()
    report_defects(1)
    pump(acting)
    assert [m.body["data"]["defect_id"] for m in receiver.messages][11:51] == wanted[10:40] + [
        receiver.messages[-1].body["data"]["defect_id"]
    ][:0] + [m.body["data"]["defect_id"] for m in receiver.messages][41:51]
    assert [m.body["data"]["defect_id"] for m in receiver.messages][11:41] == wanted[10:]
    assert set(states(issued.endpoint)) == {"delivered"}


def test_strict_order_stops_rather_than_overtake(acting: Account, receiver: Receiver) -> None:
    issued = add_hook(receiver, strict_order=True)
    facts = report_defects(2)
    receiver.behave = lambda message: Answer(400)
    for _ in range(6):
        pump(acting)
        make_due(40)  # failing for a short time only: not dead
        Endpoint.objects.update(held_until=None)
    assert {m.body["data"]["defect_id"] for m in receiver.messages} == {str(facts[0].defect_id)}
    assert the(issued.endpoint).stop_code == "blocked"


def test_a_test_goes_to_that_endpoint_alone(acting: Account, receiver: Receiver, hook: IssuedSecret) -> None:
    add_hook(receiver, "/other", event_types=[])
    actions.send_test(hook.endpoint, acting_user=SYSTEM)
    pump(acting)
    assert [m.body["type"] for m in receiver.on("/hook")] == ["webhook_endpoint.tested"]
    assert "webhook_endpoint.tested" not in [m.body["type"] for m in receiver.on("/other")]
    actions.pause_endpoint(hook.endpoint, acting_user=SYSTEM)
    with pytest.raises(RuleBroken, match="Resume it first"):
        actions.send_test(hook.endpoint, acting_user=SYSTEM)


def test_replaying_one_and_since(acting: Account, receiver: Receiver, hook: IssuedSecret) -> None:
    report_defects(3)
    pump(acting)
    first = Delivery.objects.order_by("event_id").first()
    assert first is not None
    actions.replay(first, acting_user=SYSTEM)
    pump(acting)
    assert receiver.ids().count(str(first.event_id)) == 2
    since = now() - timedelta(hours=1)
    assert actions.replay_since(hook.endpoint, since, acting_user=SYSTEM) == 0, "all of it was taken"
    assert actions.replay_since(hook.endpoint, since, undelivered_only=False, acting_user=SYSTEM) == 3
    pump(acting)
    assert len(receiver.messages) == 7
    assert Delivery.objects.count() == 3


def test_what_is_held_goes_when_its_time_comes(acting: Account, receiver: Receiver, hook: IssuedSecret) -> None:
    """A receiver out of reach is probed with one delivery; the rest follows when that one is taken."""
    receiver.behave = lambda message: Answer(503)
    report_defects(20)
    pump(acting)
    assert len(receiver.messages) == 1
    make_due()
    pump(acting)
    assert len(receiver.messages) == 2
    make_due()
    receiver.behave = lambda message: Answer()
    pump(acting)
    assert states(hook.endpoint) == ["delivered"] * 20


def test_half_of_the_receivers_hang_and_the_others_do_not_notice(acting: Account, settings: object) -> None:
    settings.HANGARLINK_WEBHOOK_SECONDS = 3  # type: ignore[attr-defined]
    receiver = Receiver()
    receiver.behave = lambda message: Answer(hang=message.path.startswith("/hang"))
    try:
        for number in range(20):
            add_hook(receiver, f"/hang{number}")
            add_hook(receiver, f"/well{number}")
        report_defects(5)
        began = time.monotonic()
        pump(acting)
        well = [message for message in receiver.messages if message.path.startswith("/well")]
        hung = [message for message in receiver.messages if message.path.startswith("/hang")]
    finally:
        receiver.stop()
    assert len(well) == 100
    assert len(hung) == 20, "one try each, then the endpoint is left alone"
    # Not a time limit: every healthy delivery was there before the first hanging one was given up.
    assert max(message.at for message in well) < began + settings.HANGARLINK_WEBHOOK_SECONDS  # type: ignore[attr-defined]


def test_the_others_go_on_while_a_pump_whose_time_is_over_waits_for_a_silent_receiver(
    acting: Account, settings: object
) -> None:
    settings.HANGARLINK_WEBHOOK_SECONDS = 3  # type: ignore[attr-defined]
    receiver = Receiver()
    receiver.behave = lambda message: Answer(hang=message.path.startswith("/hang"))
    try:
        add_hook(receiver, "/hang")
        well = add_hook(receiver, "/well")
        report_defects(5)
        with Pump(acting) as running:
            running._turn()
            running._hand_out()
            while not any(route.proven for route in running._routes.values()):
                running._collect(0.2)
            running._turn()
            report_defects(5)
            running._ends_at = time.monotonic()
            running.run()
            assert running.was_cut
    finally:
        receiver.stop()
    assert states(well.endpoint) == ["delivered"] * 10, "also what was reported after its time was over"
    assert len([message for message in receiver.messages if message.path == "/hang"]) == 1


def test_the_number_of_statements_does_not_grow_with_the_deliveries(
    acting: Account, receiver: Receiver, hook: IssuedSecret, django_assert_max_num_queries: object
) -> None:
    report_defects(200)
    with django_assert_max_num_queries(140):  # type: ignore[operator]
        pump(acting)
    assert states(hook.endpoint) == ["delivered"] * 200


def test_the_defaults_are_the_published_schedule() -> None:
    assert settings.HANGARLINK_WEBHOOK_WAITS == (60, 300, 1800, 7200)
