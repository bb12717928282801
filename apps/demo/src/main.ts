/** `npm run demo`: exit code 1 when the restored app differs in anything. */
import { fileURLToPath } from 'node:url';
import { demo } from './demo.js';

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const same = await demo({
  main: file('../../standalone/dist/main.js'),
  archive: file('../../../fixtures/archives/small.zip'),
  print: (line) => process.stdout.write(`${line}\n`),
}).catch((error: unknown) => {
  process.stderr.write(`The demo failed: ${error instanceof Error ? error.message : String(error)}\n`);
  return false;
});
process.exitCode = same ? 0 : 1;
