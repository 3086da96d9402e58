"""A checkpoint is a C2SP signed note: others' tools read ours, and ours refuse whatever was not signed."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from services.rules import checkpoint

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(32))
PUBLIC = checkpoint.public_text("stepdown/clinic", PRIVATE.public_key())
ROOT = bytes(range(32))


def test_a_published_signed_note_is_proved():
    # The example in the documentation of golang.org/x/mod/sumdb/note.
    key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    signature = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    assert checkpoint.proved(f"{text}\n— PeterNeumann {signature}\n", key) == text


def test_what_is_sealed_opens_again():
    sealed = checkpoint.seal("stepdown/clinic", PRIVATE, size=1000, root=ROOT)
    assert checkpoint.opened(sealed.note, PUBLIC) == sealed
    assert sealed.note.startswith(
        "stepdown/clinic\n1000\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n\n— stepdown/clinic "
    )


def test_a_witness_may_add_its_signature_before_or_after():
    note = checkpoint.seal("stepdown/clinic", PRIVATE, size=7, root=ROOT).note
    text, _, ours = note.rpartition("\n\n")
    witness = "— witness.example AAAAAGJvdGg=\n"
    assert checkpoint.opened(note + witness, PUBLIC).size == 7
    assert checkpoint.opened(f"{text}\n\n{witness}— stepdown/clinic ?\n{ours}", PUBLIC).size == 7


@given(st.integers(0, 200), st.characters(exclude_categories=["Cs"]))
def test_any_changed_character_is_refused_or_changes_nothing(place, character):
    note = checkpoint.seal("stepdown/clinic", PRIVATE, size=1000, root=ROOT).note
    changed = note[:place] + character + note[place + 1 :]
    try:
        assert checkpoint.opened(changed, PUBLIC).root == ROOT
        assert checkpoint.opened(changed, PUBLIC).size == 1000
    except checkpoint.NotSigned:
        assert changed != note


def test_another_key_under_the_same_name_is_refused():
    other = Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\x01")
    forged = checkpoint.seal("stepdown/clinic", other, size=1000, root=ROOT).note
    with pytest.raises(checkpoint.NotSigned, match="not signed"):
        checkpoint.opened(forged, PUBLIC)


def test_a_signed_text_that_is_no_checkpoint_of_this_log_is_refused():
    for text in ("hello\n", "other/log\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"):
        with pytest.raises(checkpoint.NotSigned, match="not a checkpoint"):
            checkpoint.opened(checkpoint.sign(text, "stepdown/clinic", PRIVATE), PUBLIC)


@pytest.mark.parametrize("key", ["", "a+b", "a+b+!", "a+00000000+AQ==", PUBLIC.replace("clinic", "clinik")])
def test_a_public_key_that_does_not_fit_itself_is_refused(key):
    with pytest.raises(checkpoint.NotSigned, match="public key"):
        checkpoint.proved("text\n\n— a b\n", key)


def test_notes_are_found_again_in_a_file_with_a_torn_line():
    notes = [checkpoint.seal("stepdown/clinic", PRIVATE, size=size, root=ROOT).note for size in (3, 9, 12)]
    torn = notes[1][:20]
    assert checkpoint.notes_in(notes[0] + torn + "\n" + notes[1] + notes[2] + notes[2][:50]) == notes
    assert [checkpoint.stated_size(note) for note in notes] == [3, 9, 12]
    assert checkpoint.stated_size("nothing") == 0
