/** The demo as a function; `main.ts` is the program. */
export { demo } from './demo.js';
