"""The key file: made once, private, complete, and never lost to a race."""

import os
import stat
import threading

import pytest

from hangarlink.platform.vault.crypto import BadKey, new_key
from hangarlink.platform.vault.keyring import Keys


def keys_in(path, **environ) -> Keys:
    return Keys(path, environ)


def test_the_first_use_makes_a_private_file(tmp_path):
    os.umask(0o000)
    try:
        ring = keys_in(tmp_path / "new").ring()
    finally:
        os.umask(0o022)
    file = tmp_path / "new" / "vault.keys"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert keys_in(tmp_path / "new").ring() == ring
    assert [each.name for each in file.parent.iterdir()] == ["vault.keys"]  # no copy of the key stays behind


def test_two_processes_that_start_at_once_agree(tmp_path):
    rings, barrier = [], threading.Barrier(16)

    def start() -> None:
        keys = keys_in(tmp_path)
        barrier.wait()
        rings.append(keys.ring())

    threads = [threading.Thread(target=start) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rings) == 16
    assert all(ring == rings[0] for ring in rings)
    assert len(list(tmp_path.iterdir())) == 1


def test_a_file_system_without_links(tmp_path, monkeypatch):
    def no_links(source, target):
        raise PermissionError

    monkeypatch.setattr("os.link", no_links)
    ring = keys_in(tmp_path).ring()
    assert keys_in(tmp_path).ring() == ring


@pytest.mark.parametrize("mode", [0o604, 0o644, 0o666, 0o602])
def test_a_file_that_everybody_can_read_is_refused_with_the_command(tmp_path, mode):
    keys_in(tmp_path).ring()
    (tmp_path / "vault.keys").chmod(mode)
    with pytest.raises(BadKey, match=r"Run: chmod 600 .*vault\.keys"):
        keys_in(tmp_path).ring()


def test_a_file_for_the_group_is_fine(tmp_path):
    """Kubernetes mounts secrets so."""
    ring = keys_in(tmp_path).ring()
    (tmp_path / "vault.keys").chmod(0o640)
    assert keys_in(tmp_path).ring() == ring


def test_a_damaged_file_is_never_replaced_by_a_new_key(tmp_path):
    file = tmp_path / "vault.keys"
    for content in (b"", b"\xff\xfe", b"nonsense\n"):
        file.write_bytes(content)
        file.chmod(0o600)
        with pytest.raises(BadKey):
            keys_in(tmp_path).ring()
        assert file.read_bytes() == content


def test_the_environment_wins_and_makes_no_file(tmp_path):
    one, two = new_key(), new_key()
    for separator in (",", " ", "\n", ", "):
        ring = keys_in(tmp_path, HANGARLINK_VAULT_KEYS=separator.join([two.line(), one.line()])).ring()
        assert ring.keys == (two, one)
    assert not list(tmp_path.iterdir())


def test_keys_of_the_environment_are_changed_there(tmp_path):
    keys = keys_in(tmp_path, HANGARLINK_VAULT_KEYS=new_key().line())
    for change in (keys.add, lambda: keys.retire([])):
        with pytest.raises(BadKey, match="come from HANGARLINK_VAULT_KEYS"):
            change()


def test_a_new_key_goes_in_front_and_other_processes_notice(tmp_path):
    here, there = keys_in(tmp_path), keys_in(tmp_path)
    first = there.ring().active
    ring = here.add()
    assert ring.keys[1:] == (first,)
    assert there.ring() == ring
    assert stat.S_IMODE((tmp_path / "vault.keys").stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["vault.keys"]


def test_two_rotations_at_once_cannot_lose_a_key(tmp_path):
    keys = keys_in(tmp_path)
    ring = keys.ring()
    (tmp_path / "vault.lock").touch()
    for change in (keys.add, lambda: keys.retire([])):
        with pytest.raises(BadKey, match=r"remove .*vault\.lock"):
            change()
    assert keys.ring() == ring
    (tmp_path / "vault.lock").unlink()
    assert len(keys.add().keys) == 2


def test_only_keys_that_nothing_needs_are_retired(tmp_path):
    keys = keys_in(tmp_path)
    keys.ring(), keys.add(), keys.add()
    third, second, first = keys.ring().keys
    assert keys.retire([second.id]) == [first.id]
    assert keys.ring().keys == (third, second)
    assert keys.retire([]) == [second.id]
    assert keys.ring().keys == (third,)  # the active one always stays
