"""Write the archive of Plymouth's part of the invented partnership that ships with the product.

Run it as ``make partnership`` after a change to the generator; a test compares the archive with what the generator
gives. The archive has no clock in it, so the same generator gives the same bytes.
"""

from __future__ import annotations

import io
import zipfile

from reference_data.sample import PARTNERSHIP_ARCHIVE, PARTNERSHIP_AUTHORITY
from reference_data.synthetic.partnership import Partnership, invent_partnership


def archive_of(partnership: Partnership, authority: str = PARTNERSHIP_AUTHORITY) -> bytes:
    """Return the zip of one council's files, in order of their names."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, text in sorted(partnership.files_of(authority)):
            archive.writestr(
                zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED
            )
    return content.getvalue()


if __name__ == "__main__":
    PARTNERSHIP_ARCHIVE.write_bytes(archive_of(invent_partnership()))
