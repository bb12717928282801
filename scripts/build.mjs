/** `npm run build`: installs if need be, and builds what has changed. */
import { prepare } from './workspace.mjs';

prepare();
