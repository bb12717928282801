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
if (typeof onClose !== 'function') throw new Error('The MongoDB driver is another one than the workaround for its ended connections was written for.');

/**
 * The driver (7.8, and 7.9) waits for a socket to drain when it didn't take a command at once. One that has ended takes nothing, and never drains: the command
 * would wait for ever, with all that is queued behind it. Woken once the driver knows that the connection is closed, it fails with that; and so does one that was
 * still being compressed.
 */
Connection.prototype.onClose = function () {
  onClose.call(this);
  this.socket.write = () => true;
  this.socket.emit('drain');
};
