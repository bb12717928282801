import { createRequire } from 'node:module';
import type { Socket } from 'node:net';

/** What is used of the driver's class, which it doesn't export. */
interface DriverConnection {
  readonly socket: Socket;
  onClose: (this: DriverConnection) => void;
}

const ofMongoose = createRequire(createRequire(import.meta.url).resolve('mongoose'));
const { Connection } = ofMongoose('mongodb/lib/cmap/connection') as { Connection: { prototype: DriverConnection } };
const { onClose } = Connection.prototype;

/**
 * The driver (7.8, and 7.9) waits for a socket to drain when it didn't take a command at once. One that is destroyed and doesn't say so yet takes nothing, and
 * never drains: the command would wait for ever, with all that is queued behind it. Woken once the driver knows that the connection is closed, it fails with that.
 */
Connection.prototype.onClose = function () {
  onClose.call(this);
  this.socket.emit('drain');
};
