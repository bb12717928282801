import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * The processes of the engine that keeps its data in `folder`, whoever started them: the engine, a script around it, and what it started by
 * itself (RabbitMQ's port mapper), as that folder is the home of each. Numbers that were written down say nothing: they come around, at the
 * latest when the machine starts anew. From Linux's procfs; none elsewhere.
 */
export function processesOf(folder: string): number[] {
  return processes().filter((pid) => environmentOf(pid)?.HOME === folder);
}

/** Kills all of them, and resolves when none is left. */
export async function endProcessesOf(folder: string): Promise<void> {
  for (let left = processesOf(folder); left.length > 0; left = processesOf(folder)) {
    for (const pid of left) signalProcess(pid, 'SIGKILL');
    await pause(20);
  }
}

/** Sends a signal, unless the process is gone already; a negative number is that of a process group. Answers whether it was there. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    return false;
  }
}

/** All that run on this machine. */
export function processes(): number[] {
  return numbersIn('/proc');
}

/** What a process was started with; absent when it is gone or another user's. */
export function environmentOf(pid: number): Record<string, string> | undefined {
  const lines = read(`/proc/${pid}/environ`)?.split('\0').filter(Boolean);
  return lines && Object.fromEntries(lines.map((line) => splitAt(line, line.indexOf('='))));
}

/** All processes below it. */
export function descendants(pid: number): number[] {
  const children = numbersIn(`/proc/${pid}/task`).flatMap((task) => (read(`/proc/${pid}/task/${task}/children`) ?? '').trim().split(' '));
  return children.filter(Boolean).flatMap((child) => [Number(child), ...descendants(Number(child))]);
}

export function nameOf(pid: number): string | undefined {
  return read(`/proc/${pid}/comm`)?.trim();
}

function numbersIn(folder: string): number[] {
  try {
    return readdirSync(folder).map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function splitAt(line: string, index: number): [string, string] {
  return [line.slice(0, index), line.slice(index + 1)];
}
