"""Bodies that cannot be right, of sessions, signatures, alerts and who is on call, beside those of `wrong_bodies`."""

from typing import Any

from tests.web.wrong_bodies import CANARY, SOMEWHERE, P

SESSION = {"service": "group", "starts_at": "2026-03-02T10:00:00Z", "minutes": 90}
DUTY = {"person_id": "{nurse}", "standby": "on-call", "days": ["mon"], "since": "17:00", "until": "08:00"}
ABSENCE = {
    "person_id": "{nurse}",
    "starts_at": "2026-03-02T10:00:00Z",
    "ends_at": "2026-03-03T10:00:00Z",
}
CONTACT = {"person_id": "{nurse}", "channel": "email", "address": "nurse@clinic.example"}
TABLE: list[tuple[str, Any, str]] = [
    # sessions
    ("/sessions", {**SESSION, "roster": []}, "/roster"),
    ("/sessions", {**SESSION, "roster": [SOMEWHERE]}, ""),
    ("/sessions", {**SESSION, "roster": [CANARY]}, "/roster/0"),
    ("/sessions", {**SESSION, "roster": [SOMEWHERE], "facilitator_id": CANARY}, "/facilitator_id"),
    ("/sessions", {**SESSION, "roster": [SOMEWHERE], "starts_at": "10:00"}, "/starts_at"),
    (f"/sessions/{SOMEWHERE}/attendance", {"statuses": {SOMEWHERE: "attended"}}, ""),
    (f"/sessions/{SOMEWHERE}/attendance", {"statuses": {SOMEWHERE: CANARY}}, f"/statuses/{SOMEWHERE}"),
    (f"/sessions/{SOMEWHERE}/attendance", {"statuses": [CANARY]}, "/statuses"),
    ("/sessions", {**SESSION, "roster": [SOMEWHERE], "starts_at": "9999-12-31T23:59:59-12:00"}, "/starts_at"),
    # signatures
    (f"/decisions/{SOMEWHERE}/sign-off", {"verdict": "accept"}, ""),
    (f"/decisions/{SOMEWHERE}/sign-off", {"verdict": CANARY}, "/verdict"),
    (f"{P}/overrides", {"to_stage": "moon", "reason": CANARY}, "/to_stage"),
    (f"{P}/overrides", {"to_stage": "iop"}, "/reason"),
    (f"{P}/overrides", {"to_stage": "iop", "reason": "no"}, "/reason"),
    (f"{P}/discharge", {"reason": 5, "sub_reason": "hospital", "note": CANARY}, "/sub_reason"),
    (f"{P}/discharge", {"reason": True, "note": CANARY}, "/reason"),
    (f"{P}/discharge", {"reason": 1.0, "note": CANARY}, "/reason"),
    (f"{P}/discharge", {"reason": 1}, "/note"),
    (f"{P}/discharge", {"reason": 6, "note": CANARY}, "/reason"),
    (f"{P}/discharge", {"reason": 2, "sub_reason": "capacity", "note": CANARY}, "/sub_reason"),
    (f"{P}/discharge", {"reason": 3, "sub_reason": "return-to-use", "note": CANARY}, "/sub_reason"),
    (f"{P}/discharge", {"reason": 1, "sub_reason": "moved", "note": CANARY}, "/sub_reason"),
    (f"{P}/discharge", {"reason": 7, "sub_reason": CANARY, "note": CANARY}, "/sub_reason"),
    (f"{P}/discharge", {"reason": 7, "sub_reason": 7, "note": CANARY}, "/sub_reason"),
    # alerts and who is on call
    (f"/alerts/{SOMEWHERE}/acknowledge", None, ""),
    (f"/alerts/{SOMEWHERE}/retry", None, ""),
    ("/on-call/duties", {}, "/person_id"),
    ("/on-call/duties", {**DUTY, "person_id": CANARY}, "/person_id"),
    ("/on-call/duties", {**DUTY, "person_id": SOMEWHERE}, "/person_id"),
    ("/on-call/duties", {**DUTY, "standby": CANARY}, "/standby"),
    ("/on-call/duties", {**DUTY, "days": []}, "/days"),
    ("/on-call/duties", {**DUTY, "days": ["someday"]}, "/days/0"),
    ("/on-call/duties", {**DUTY, "days": ["mon"] * 8}, "/days"),
    ("/on-call/duties", {**DUTY, "since": 61200}, "/since"),
    ("/on-call/duties", {**DUTY, "since": "25:00"}, "/since"),
    ("/on-call/duties", {**DUTY, "since": "17:00+02:00"}, "/since"),
    ("/on-call/duties", {**DUTY, "until": CANARY}, "/until"),
    ("/on-call/duties", {**DUTY, "program_id": SOMEWHERE}, "/program_id"),
    ("/on-call/duties", {**DUTY, "first_on": "2026-02-30"}, "/first_on"),
    ("/on-call/duties", {**DUTY, "first_on": "2026-03-02", "last_on": "2026-03-01"}, "/last_on"),
    ("/on-call/absences", {**ABSENCE, "person_id": SOMEWHERE}, "/person_id"),
    ("/on-call/absences", {**ABSENCE, "cover_id": SOMEWHERE}, "/cover_id"),
    ("/on-call/absences", {**ABSENCE, "cover_id": "{nurse}"}, "/cover_id"),
    ("/on-call/absences", {**ABSENCE, "ends_at": ABSENCE["starts_at"]}, "/ends_at"),
    ("/on-call/absences", {**ABSENCE, "ends_at": "9999-12-31T23:59:59-12:00"}, "/ends_at"),
    ("/on-call/absences", {**ABSENCE, "starts_at": "2026-03-02T10:00:00"}, "/starts_at"),
    ("/on-call/contacts", {**CONTACT, "person_id": SOMEWHERE}, "/person_id"),
    ("/on-call/contacts", {**CONTACT, "channel": CANARY}, "/channel"),
    ("/on-call/contacts", {**CONTACT, "address": CANARY}, "/address"),
    ("/on-call/contacts", {**CONTACT, "address": "a@b.example\r\nBcc: c@d.example"}, "/address"),
    ("/on-call/contacts", {**CONTACT, "address": "ann@clinic.example,bob@clinic.example"}, "/address"),
    ("/on-call/contacts", {**CONTACT, "address": f"{'a' * 250}@b.example"}, "/address"),
    ("/on-call/contacts", {**CONTACT, "channel": "webhook"}, "/address"),
    ("/on-call/contacts", {**CONTACT, "channel": "webhook", "address": "file:///etc/passwd"}, "/address"),
    ("/on-call/contacts", {**CONTACT, "channel": "webhook", "address": "https://a:b@c.example"}, "/address"),
    ("/on-call/contacts", {**CONTACT, "channel": "webhook", "address": "https://[::1"}, "/address"),
    (
        "/on-call/contacts",
        {**CONTACT, "channel": "webhook", "address": "https://c.example:99999"},
        "/address",
    ),
    (f"/on-call/{SOMEWHERE}/end", None, ""),
    (
        f"{P}/overrides",
        {"to_stage": "op", "reason": CANARY, "starts_at": "2026-06-10T17:00:00Z"},
        "/starts_at",
    ),
    (f"{P}/withdrawals", {}, "/reason"),
    (f"{P}/withdrawals", {"reason": CANARY}, ""),
]
