"""Secret and ConfigMap directories as kubelet writes them (pkg/volume/util/atomic_writer.go).

    tls.crt -> ..data/tls.crt                       visible names never change
    ..data  -> ..2026_01_02_03_04_05.1234567890     renamed over in one step: the rotation
    ..2026_01_02_03_04_05.1234567890/tls.crt        the bytes, in a directory of their own
"""
import os
import random
import shutil
import time

# A pod's fsGroup, for an agent that is not the lab's own user: the gid that may read a volume's files.
FS_GROUP = int(os.environ.get("LAB_FS_GROUP", "-1"))


class Volume:
    """A mounted volume. `write` replaces its whole payload as kubelet would."""

    def __init__(self, path, mode=0o640):
        self.path = str(path)
        self.mode = mode
        os.makedirs(self.path, mode=0o755, exist_ok=True)

    def write(self, payload):
        """`payload`: {file name: str or bytes}. Returns the wall time of the rename, or None where nothing changed."""
        payload = {name: data.encode() if isinstance(data, str) else data for name, data in payload.items()}
        link = os.path.join(self.path, "..data")
        old = os.readlink(link) if os.path.islink(link) else None
        if old is not None and self._content(old) == payload:
            return None

        fresh = self._timestamped_directory()
        for name, data in payload.items():
            self._write_file(os.path.join(self.path, fresh, name), data)

        staged = os.path.join(self.path, "..data_tmp")
        os.symlink(fresh, staged)
        os.rename(staged, link)
        renamed_at = time.time()

        for name in payload:
            visible = os.path.join(self.path, name)
            if not os.path.lexists(visible):
                os.symlink(os.path.join("..data", name), visible)
        for name in os.listdir(self.path):
            if not name.startswith("..") and name not in payload:
                os.unlink(os.path.join(self.path, name))
        if old is not None:
            shutil.rmtree(os.path.join(self.path, old))
        return renamed_at

    def read(self):
        """The present payload, {} where nothing was written."""
        link = os.path.join(self.path, "..data")
        return self._content(os.readlink(link)) if os.path.islink(link) else {}

    def remove(self):
        shutil.rmtree(self.path)

    def _content(self, directory):
        content = {}
        for entry in os.scandir(os.path.join(self.path, directory)):
            with open(entry.path, "rb") as file:
                content[entry.name] = file.read()
        return content

    def _timestamped_directory(self):
        stamp = time.strftime("..%Y_%m_%d_%H_%M_%S.", time.gmtime())
        while True:
            name = stamp + str(random.randrange(10**10))
            try:
                os.mkdir(os.path.join(self.path, name))
            except FileExistsError:
                continue
            os.chmod(os.path.join(self.path, name), 0o755)
            return name

    def _write_file(self, path, data):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(descriptor, data)
            os.fchown(descriptor, -1, FS_GROUP)
            os.fchmod(descriptor, self.mode)
        finally:
            os.close(descriptor)
