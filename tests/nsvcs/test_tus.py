"""One piece of an upload, read from a line that may be cut."""

import io

import pytest

from nsvcs import tus
from nsvcs.uploads import WholeBody


def request_of(rf, body, length):
    headers = {"Upload-Offset": "0", "Tus-Resumable": "1.0.0"}
    request = rf.generic("PATCH", "/notes/files/bcdf/", body, content_type=tus.PIECE_TYPE, headers=headers)
    request._stream = WholeBody(io.BytesIO(body), length)
    request.META["CONTENT_LENGTH"] = str(length)
    return request


def test_a_whole_piece_is_read_with_its_digest(rf):
    piece = tus.read_piece(request_of(rf, b"some bytes", 10))
    assert (piece.offset, piece.content) == (0, b"some bytes")
    assert len(piece.sha256) == 64


@pytest.mark.h("H30")
def test_a_piece_cut_short_is_no_piece(rf):
    with pytest.raises(tus.Refused) as refused:
        tus.read_piece(request_of(rf, b"some by", 10))
    assert refused.value.status == 400


def test_a_piece_without_a_length_is_refused(rf):
    request = request_of(rf, b"x", 1)
    request.META["CONTENT_LENGTH"] = ""
    with pytest.raises(tus.Refused) as refused:
        tus.read_piece(request)
    assert refused.value.status == 411


def test_metadata_comes_back_as_it_was_said(rf):
    header = tus.metadata_header(filename="فيديو.mp4", note="3")
    request = rf.post("/", headers={"Upload-Metadata": header})
    assert tus.metadata_of(request) == {"filename": "فيديو.mp4", "note": "3"}
