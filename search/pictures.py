"""Where a product's picture comes from: a URL, or a file within one folder."""

from pathlib import Path

from core.errors import BadImage, ImageTooLarge, Refused
from core.settings import Settings
from search.fetch import Fetcher, is_url


class Pictures:
    """Reads the bytes of products' pictures. Safe to share between threads; close it.

    folder: where paths are looked up; None refuses every path, as for what comes from the network.
    """

    def __init__(self, settings: Settings, folder: Path | None) -> None:
        self._folder = None if folder is None else folder.resolve()
        self._max_bytes = settings.images.max_bytes
        self._fetcher = Fetcher(settings.fetch, self._max_bytes)

    def __enter__(self) -> "Pictures":
        return self

    def __exit__(self, *_: object) -> None:
        self._fetcher.close()

    def read(self, image: str) -> bytes:
        """The bytes of a picture.

        Raises Refused for a path out of the folder, by whatever way, and for an address that must not be asked;
        BadImage when there is no such file, ImageTooLarge when it is over the cap, FetchFailed as the fetch does.
        """
        if is_url(image):
            return self._fetcher.get(image)
        if self._folder is None:
            raise Refused("The picture is a path, and paths are read for catalogues of the command line alone.")
        try:
            path = (self._folder / image).resolve()
            if not path.is_relative_to(self._folder):
                raise Refused("The picture's path leads out of the images' folder.")
            if not path.is_file():  # a directory, a pipe or a device: opening one may never end
                raise BadImage("There is no such picture in the images' folder.")
            with path.open("rb") as file:
                data = file.read(self._max_bytes + 1)
        except (OSError, ValueError) as error:  # ValueError: a NUL in the path
            raise BadImage("The picture's file cannot be read.") from error
        if len(data) > self._max_bytes:
            raise ImageTooLarge(f"The picture has more than {self._max_bytes} bytes.")
        return data
