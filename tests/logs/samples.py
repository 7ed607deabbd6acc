"""Files that tests send: ordinary, odd and hostile ones, all made here."""

import base64
import io
import struct
import wave
import zipfile
import zlib
from pathlib import Path

import pikepdf
import pillow_heif
from PIL import Image, ImageCms, ImageDraw, ImageFont, PngImagePlugin

from nsvcs.fonts import REGULAR

pillow_heif.register_heif_opener()

HTML = b"<html><body><script>alert(1)</script></body></html>"
SECRETS = (
    b"52.6309",
    b"SECRET-XMP",
    b"SECRET-IPTC",
    b"SECRET-COMMENT",
    b"SECRET-TRAILER",
    b"SECRET-MAKER",
    b"SECRET-ICC",
)


def drawing(width: int = 400, height: int = 300, mode: str = "RGB") -> Image.Image:
    """Red on the left, blue on the right, so that turning it shows."""
    picture = Image.new("RGB", (width, height), (200, 20, 20))
    ImageDraw.Draw(picture).rectangle((width // 2, 0, width, height), fill=(20, 20, 200))
    return picture.convert(mode)


def encoded(picture: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def jpeg(width: int = 400, height: int = 300, **options: object) -> bytes:
    return encoded(drawing(width, height), "JPEG", **options)


def screenshot(words: str) -> bytes:
    """A picture with one line of letters in it, as a phone makes of its screen."""
    picture = Image.new("RGB", (1080, 400), "white")
    ImageDraw.Draw(picture).text((40, 150), words, font=ImageFont.truetype(str(REGULAR), 44), fill="black")
    return encoded(picture, "PNG")


def segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(content) + 2) + content


def icc_profile() -> bytes:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile + b"SECRET-ICC"


def exif(orientation: int = 6) -> bytes:
    facts = Image.Exif()
    facts[0x0112], facts[0x010F] = orientation, "SECRET-MAKER"
    gps = facts.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (52.0, 37.0, 51.0), "E", (1.0, 17.0, 50.0)
    gps[29] = "52.6309"
    return facts.tobytes()


def telltale_jpeg(orientation: int = 6) -> bytes:
    """GPS in EXIF, XMP, IPTC, a comment, a colour profile and a film after the end, as phones make them."""
    plain = jpeg(exif=exif(orientation), icc_profile=icc_profile())
    xmp = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>SECRET-XMP</x:xmpmeta>")
    iptc = segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00\x10\x1c\x02\x78\x00\x0bSECRET-IPTC")
    comment = segment(0xFE, b"SECRET-COMMENT")
    return plain[:2] + xmp + iptc + comment + plain[2:] + movie(b"mp42") + b"SECRET-TRAILER"


def movie(brand: bytes) -> bytes:
    return struct.pack(">I", 20) + b"ftyp" + brand + b"\0\0\2\0" + brand + b"\0\0\0\x08free"


def huge_png(side: int = 13_000) -> bytes:
    """About 20 kB that would be 169 million pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">2I5B", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((side + 7) // 8 + 1) * side, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def telltale_png() -> bytes:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", "SECRET-COMMENT")
    texts.add_itxt("XML:com.adobe.xmp", "SECRET-XMP")
    return encoded(drawing(), "PNG", pnginfo=texts, exif=exif(), icc_profile=icc_profile())


def animated_gif() -> bytes:
    frames = [Image.new("P", (60, 40), colour) for colour in range(3)]
    frames[0].putpalette([255, 0, 0, 0, 255, 0, 0, 0, 255])
    return encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], comment=b"SECRET-COMMENT")


def heic(**options: object) -> bytes:
    return encoded(drawing(), "HEIF", **options)


# One colour, 8,160 pixels by 6,120, as HEIC: to make it anew takes an encoder half a minute.
_FIFTY_MILLION = (
    "c-rmPPe>F|7y$6^%`EF6ZYf(R5=wt4I~Xen1|baUr9+1f20_ry&hD@ec6J}@xPK5~qeCPfA|Z$%B#3Sn;YCBRLs8wj1VV@Cv}8o5SWwx%x4U"
    "}q9DbqSH;;Mmee=!yn8)&%1%OjtP*&-bbOFPc-jE*q((wSqO+OVl(2UdRWG3GlgOY9l`{Inu<Qfl|utDH~A!eIBz~B`;os}}{HKsay5+^C6H"
    "A@%VAw4{%WZ>_WY)F+?*sn_E=CGf^vT<SR)PqLR+Hct2snr0En{m9O#}*x;Ue^Vtt}u05TQzJ4FJ2lGV&9cTs9SLR`J*3KFD_+`-VRG=Kj@Q"
    "XC-9cG3Gp`nDq*7(b#s|~*3FbK9f5EKQzzt<N;O}v{~JJe6$hP4mZZ*@mW5A)ZmIm;6~sje-7(A%uEw~ZbZ`L&M+U^pP-o1Vn<<w|#bU8gnB"
    "I%v-$iA+e0j58>$>pf<JPrg?q~Gz=dbNf!fUO=0XDJuqWUWwe>ZyYG#H;2BE#zhFhqLpQLxx<trNlL7HQznGL738qjB$7NL;Z%!Ww@l*zi2b"
    "rctF(qp_p2TMWl3)axW$a$r-a4@q{X6%zG3g({*H=p+UDgaX~5_)cx7Ks^fdDaqde3Y6l*#XL`e-k?A!e!b=#1^VpBpsy*=_lz>i=zouXVU$"
    "ru8D*4FMj2(4QAQbMlu<?*Wt34y8D*4FMh{gJcmD!nLi>C"
)


def large_heic() -> bytes:
    """What a new phone makes, 50 million pixels; as long as a file of so many would be at the least."""
    free = 150_000
    return zlib.decompress(base64.b85decode(_FIFTY_MILLION)) + struct.pack(">I4s", free, b"free") + bytes(free - 8)


def sound() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(bytes(1_600))
    return out.getvalue()


def ogg() -> bytes:
    return b"OggS\0\2" + bytes(8) + b"\1\2\3\4" + bytes(4) + b"crc!\1\x13OpusHead\1\1" + bytes(200)


def mp3(tagged: bool = False) -> bytes:
    frames = (b"\xff\xfb\x90\x64" + bytes(413)) * 5
    return (b"ID3\4\0\0\0\0\0\x0a" + bytes(10) if tagged else b"") + frames


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes], pressed: bool = False) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if pressed else zipfile.ZIP_STORED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return out.getvalue()


def docx(*more: tuple[str, bytes]) -> bytes:
    return zipped(("[Content_Types].xml", b"<Types/>"), ("_rels/.rels", b"x"), ("word/document.xml", b"<w/>"), *more)


def zip_with_link() -> bytes:
    entry = zipfile.ZipInfo("link")
    entry.create_system, entry.external_attr = 3, 0o120777 << 16
    return zipped((entry, b"/etc/passwd"))


def locked_zip() -> bytes:
    content = bytearray(zipped(("a.txt", b"x")))
    content[6] |= 1
    content[content.index(b"PK\1\2") + 8] |= 1
    return bytes(content)


def overlapping_zip() -> bytes:
    """Many entries that all point at the same pressed bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", bytes(5_000_000))
        first = archive.infolist()[0]
        for number in range(50):
            twin = zipfile.ZipInfo(f"b{number}")
            for name in ("compress_type", "CRC", "compress_size", "file_size", "header_offset"):
                setattr(twin, name, getattr(first, name))
            archive.filelist.append(twin)
        archive._didModify = True
    return out.getvalue()


def pdf(pages: int = 2, password: str = "", owner: str = "") -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as document:
        for _ in range(pages):
            document.add_blank_page()
        lock = pikepdf.Encryption(user=password, owner=owner or password) if password or owner else None
        document.save(out, encryption=lock or False)
    return out.getvalue()


def written(folder: Path, content: bytes, name: str = "sent") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path
