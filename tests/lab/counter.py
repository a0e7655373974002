"""A TCP relay in front of a server, in a thread: counts connections and bytes, changes nothing."""
import asyncio
import contextlib
import threading


class Counter:
    """Listens on `address` and `port` and passes every connection on to `target`, (address, port). `connections` and
    `bytes`, both directions together, only ever grow; `open` is how many there are now."""

    def __init__(self, address, port, target):
        self.address, self.port, self.target = address, port, target
        self.connections = self.bytes = self.open = 0
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(asyncio.start_server(self._relay, address, port))
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def stop(self):
        """Also ends the connections there are."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._server.close()
        self._loop.run_until_complete(self._end())
        self._loop.close()

    async def _end(self):
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _relay(self, reader, writer):
        self.connections += 1
        self.open += 1
        try:
            with contextlib.suppress(OSError):
                back_reader, back_writer = await asyncio.open_connection(*self.target)
                await asyncio.gather(self._pump(reader, back_writer), self._pump(back_reader, writer))
                back_writer.close()
        finally:
            writer.close()
            self.open -= 1

    async def _pump(self, reader, writer):
        """One direction to its end, which is passed on alone: the other may have more to say."""
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                self.bytes += len(data)
                writer.write(data)
                await writer.drain()
            writer.write_eof()
