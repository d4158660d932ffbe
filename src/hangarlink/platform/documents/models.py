"""The table of documents."""

from django.db import models

from hangarlink.platform.tenancy.models import TenantModel


class Document(TenantModel):
    """One stored file. Never changed: a new version is a new document.

    path    its name in the storage, made from ids
    sha256  of the bytes as stored, in hex
    """

    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    path = models.CharField(max_length=200)
    uploaded_by_kind = models.CharField(max_length=20)
    uploaded_by_id = models.UUIDField(null=True)
    uploaded_by_label = models.CharField(max_length=200)
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "document"
        constraints = [models.UniqueConstraint(fields=["path"], name="document_path_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_image(self) -> bool:
        return self.media_type.startswith("image/")
