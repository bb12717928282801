/** Stryker chooses tests by name, in place of a pattern of the configuration: so what is too slow is passed over when its turn comes. */
import { beforeEach } from 'vitest';
import { part, parts } from './parts.mjs';

const { slow } = parts[part];

beforeEach(({ task, skip }) => skip(slow?.test(task.fullTestName) ?? false, 'too slow for each mutant'));
