"""Files are accepted for what is in them, kept within the account, and handed out harmless."""

import hashlib
import io
import os
import stat
import zlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.ExifTags import IFD, Base

from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.documents.actions import delete_document, store_document, sweep_orphans
from hangarlink.platform.documents.contents import look_into
from hangarlink.platform.documents.downloads import answer_with
from hangarlink.platform.documents.models import Document
from hangarlink.platform.documents.queries import find_document
from hangarlink.platform.documents.rules import PAPER, PICTURE, clean_name
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.jobs.models import Schedule
from hangarlink.platform.jobs.queue import TASKS
from hangarlink.platform.jobs.schedules import schedule_daily
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in

PDF = b"%PDF-1.7\n%test\n"


@pytest.fixture(autouse=True)
def own_storage(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "documents"
    return tmp_path / "documents"


def picture(format_: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **save) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "red").save(out, format_, **save)
    return out.getvalue()


def stored(data: bytes, name: str = "picture.jpg", policy=PICTURE) -> Document:
    return store_document(data, name=name, policy=policy, acting_user=SYSTEM)


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_kept_and_described(acting, acting_user, format_):
    upload = SimpleUploadedFile(
        "OY-ABC.jpg", picture(format_), content_type="text/html"
    )  # the browser's word is ignored
    document = store_document(upload, name=upload.name, policy=PICTURE, acting_user=acting_user)
    kept = default_storage.open(document.path).read()
    assert document.media_type == f"image/{format_.lower()}"
    assert (document.size, document.sha256) == (len(kept), hashlib.sha256(kept).hexdigest())
    assert (document.width, document.height) == (60, 40)
    assert (document.uploaded_by_id, document.uploaded_by_label) == (acting_user.id, "Kim Larsen")
    assert document.name == {"JPEG": "OY-ABC.jpg", "PNG": "OY-ABC.jpg.png", "WEBP": "OY-ABC.jpg.webp"}[format_]
    (entry,) = AuditEntry.objects.all()
    assert (entry.action, entry.new["sha256"]) == ("stored", document.sha256)


def test_a_paper_is_kept_byte_for_byte(acting):
    for data, media_type in ((PDF, "application/pdf"), (picture("JPEG", comment=b"as received"), "image/jpeg")):
        document = stored(data, "release.pdf", PAPER)
        assert default_storage.open(document.path).read() == data
        assert document.media_type == media_type


def test_the_file_is_private_on_disk(acting, own_storage):
    stored(picture())
    (file,) = files_in(own_storage)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert file.relative_to(own_storage).parts[0] == str(acting.id)


def test_a_picture_loses_position_owner_and_whatever_hides_in_it(acting):
    exif = Image.Exif()
    exif[Base.Artist] = "canary-artist"
    exif[Base.Orientation] = 6
    exif.get_ifd(IFD.GPSInfo)[2] = (55.0, 37.0, 0.0)
    data = picture("JPEG", (60, 40), exif=exif, comment=b"canary-comment", icc_profile=b"canary-profile")
    data += b"<script>canary-appended</script>"
    assert data.count(b"canary") == 4
    document = stored(data)
    kept = default_storage.open(document.path).read()
    assert b"canary" not in kept
    assert not Image.open(io.BytesIO(kept)).getexif()
    assert (document.width, document.height) == (40, 60)  # and stands upright


def test_a_large_picture_is_made_smaller(acting):
    document = stored(picture("JPEG", (6000, 3000)))
    assert (document.width, document.height) == (2560, 1280)


def test_transparency_survives(acting):
    document = stored(picture("PNG", mode="RGBA"), "logo.png")
    assert Image.open(default_storage.open(document.path)).mode == "RGBA"


@pytest.mark.parametrize(
    ("data", "policy", "said"),
    [
        (b"", PICTURE, "is empty"),
        (PDF, PICTURE, "is PDF. Accepted are: JPEG, PNG, WebP."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", PICTURE, "of another kind"),
        (b"<html><script>alert(1)</script>", PAPER, "of another kind"),
        (b"MZ\x90\x00", PAPER, "Accepted are: JPEG, PNG, WebP, PDF."),
        (b"\n%PDF-1.7", PAPER, "of another kind"),
        (b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", PICTURE, "of another kind"),
        (picture("JPEG", (400, 400))[:-900], PICTURE, "damaged"),
        (picture("PNG", (400, 400))[:60], PICTURE, "damaged"),
        (b"x" * (PICTURE.max_bytes + 1), PICTURE, "larger than 10 MB"),
        (b"x" * (PAPER.max_bytes + 1), PAPER, "larger than 20 MB"),
    ],
)
def test_the_rest_is_refused_with_a_sentence_and_leaves_nothing(acting, own_storage, data, policy, said):
    with pytest.raises(RuleBroken) as refused:
        store_document(data, name="../evil.jpg", policy=policy, acting_user=SYSTEM, field="picture")
    assert str(refused.value).startswith("evil.jpg ")
    assert said in str(refused.value)
    assert refused.value.field == "picture"
    assert not Document.objects.exists()
    assert not files_in(own_storage)


def png_that_says(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\x00\x00\x00"
    rows = zlib.compress(b"\0" * 1_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(6500, 6500), (10_000, 10_000), (60_000, 60_000), (2**31 - 1, 2**31 - 1), (1, 2**30)])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked(acting, size):
    for policy in (PICTURE, PAPER):
        with pytest.raises(RuleBroken, match="damaged or of another kind"):
            stored(png_that_says(*size), policy=policy)


def test_an_endless_upload_is_not_read_to_the_end(acting):
    class Endless(io.RawIOBase):
        asked = 0

        def read(self, size: int = -1) -> bytes:
            assert 0 < size <= PICTURE.max_bytes + 1
            self.asked += 1
            return b"x" * size

    upload = Endless()
    with pytest.raises(RuleBroken, match="larger than 10 MB"):
        store_document(upload, name="x.jpg", policy=PICTURE, acting_user=SYSTEM)
    assert upload.asked == 1


@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"RIFF\x00\x00\x00\x00WEBPVP8 "]),
)
def test_any_bytes_are_looked_into_without_harm(data, head):
    for redraw in (True, False):
        assert look_into(head + data, redraw=redraw).media_type in (
            "",
            "application/pdf",
            "image/png",
            "image/jpeg",
            "image/webp",
        )


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("photo.jpg", "photo.jpg"),
        ("PHOTO.JPEG", "PHOTO.JPEG"),
        ("Flyvemaskine æøå.jpg", "Flyvemaskine æøå.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\Users\\kim\\photo.jpg", "photo.jpg"),
        ("a/b\\c.jpg", "c.jpg"),
        ("evil.jpg.exe", "evil.jpg.exe.jpg"),
        ("gpj.exe\u202e", "gpj.exe.jpg"),
        ("a\x00\r\nb.jpg", "ab.jpg"),
        ('a";filename="b.exe', "a filename= b.exe.jpg"),
        ("", "file.jpg"),
        ("...", "file.jpg"),
        ("/", "file.jpg"),
        ("x" * 300, "x" * 150 + ".jpg"),
    ],
)
def test_names_are_cleaned_and_true(given_name, kept):
    assert clean_name(given_name, "image/jpeg") == kept


@given(st.text(max_size=400))
def test_any_name_becomes_a_usable_one(name):
    made = clean_name(name, "application/pdf")
    assert made.lower().endswith(".pdf")
    assert len(made) <= 154
    assert not set(made) & set('/\\"\r\n\x00;')


def test_another_account_does_not_see_it(account, other_account):
    with acting_in(account):
        document = stored(picture())
    with acting_in(other_account), pytest.raises(Missing, match="does not exist"):
        find_document(document.id)
    with acting_in(account):
        assert find_document(document.id) == document


def test_a_picture_is_shown_and_a_paper_is_downloaded(acting):
    image, paper = stored(picture(), 'my "photo" æ.jpg'), stored(PDF, "release.pdf", PAPER)
    shown, downloaded = answer_with(image), answer_with(paper)
    assert shown["Content-Type"] == "image/jpeg"
    assert shown["Content-Disposition"] == "inline; filename*=utf-8''my%20photo%20%C3%A6.jpg"
    assert answer_with(image, as_attachment=True)["Content-Disposition"].startswith("attachment;")
    assert downloaded["Content-Disposition"] == 'attachment; filename="release.pdf"'
    assert downloaded.getvalue() == PDF
    assert downloaded["Content-Length"] == str(len(PDF))
    for response in (shown, downloaded):
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert response["Cache-Control"].startswith("private")


def test_a_lost_file_is_explained(acting, own_storage):
    document = stored(picture())
    files_in(own_storage)[0].unlink()
    with pytest.raises(Missing, match="Restore it from a backup"):
        answer_with(document)


def test_deleting(acting, own_storage, django_capture_on_commit_callbacks):
    document = stored(picture())
    with django_capture_on_commit_callbacks(execute=True):
        delete_document(document, acting_user=SYSTEM)
        assert files_in(own_storage)  # the file goes when the row is gone for certain
    assert not files_in(own_storage)
    assert not Document.objects.exists()
    assert AuditEntry.objects.filter(action="deleted").exists()


def test_a_failed_write_leaves_no_file(acting, own_storage, monkeypatch):
    def fails(*args, **kwargs):
        raise RuntimeError("database gone")

    monkeypatch.setattr("hangarlink.platform.documents.actions.record", fails)
    with pytest.raises(RuntimeError, match="database gone"):
        stored(picture())
    assert not Document.objects.exists()
    assert not files_in(own_storage)


def test_what_a_rollback_leaves_behind_is_swept_up_and_nothing_else(acting, other_account, own_storage):
    kept = stored(picture())
    with transaction.atomic():
        stored(picture())
        transaction.set_rollback(True)
    stranger = own_storage / str(other_account.id) / "aa" / "x.jpg"
    stranger.parent.mkdir(parents=True)
    stranger.write_bytes(b"x")
    assert len(files_in(own_storage)) == 3
    assert sweep_orphans() == 0  # young: its transaction may be running
    for file in files_in(own_storage):
        os.utime(file, (0, 0))
    assert sweep_orphans(older_than=timedelta(hours=1)) == 1
    assert sorted(files_in(own_storage)) == sorted([own_storage / kept.path, stranger])


def test_every_account_is_swept_once_a_day(acting, own_storage):
    with transaction.atomic():
        stored(picture())
        transaction.set_rollback(True)
    (left,) = files_in(own_storage)
    os.utime(left, (0, 0))
    schedule_daily([acting])
    schedule = Schedule.objects.get(account=acting, task="documents.tidy")
    assert schedule.every_seconds == 24 * 3600
    TASKS[schedule.task](acting, subject_id=str(schedule.subject_id))
    assert files_in(own_storage) == []


def test_sweeping_before_anything_was_stored(acting):
    assert sweep_orphans() == 0


def test_another_storage_is_a_setting(acting, settings):
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
    document = stored(PDF, "release.pdf", PAPER)
    assert answer_with(document).getvalue() == PDF
    with pytest.raises((NotImplementedError, OSError)):
        Path(document.path).read_bytes()
