type Token<Port> = abstract new (...args: never[]) => Port;
type MethodOf<Port> = { [Name in keyof Port]: Port[Name] extends (...args: never[]) => Promise<unknown> ? Name : never }[keyof Port] & string;
type ArgsOf<Port, Name extends keyof Port> = Port[Name] extends (...args: infer Args) => unknown ? Args : never;

export interface Pause {
  /** Resolves when a call waits. */
  reached: Promise<void>;
  /** Lets it go on, and later ones go through. */
  go(): void;
}

interface Awaited {
  token: unknown;
  method: string;
  when: (args: unknown[]) => boolean;
  reach: () => void;
  opened: Promise<void>;
}

/** Stands between the services and their ports: a test stops one call of one method and lets it go on when it likes. */
export class Pauses {
  private readonly ports = new Map<unknown, object>();
  private readonly awaited = new Set<Awaited>();

  /** For `startServer`. */
  readonly around = <Port extends object>(token: unknown, port: Port): Port => {
    this.ports.set(token, port);
    return new Proxy(port, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        return (...args: never[]) => {
          const call = () => Reflect.apply(member, target, args) as unknown;
          const pause = [...this.awaited].find((each) => each.token === token && each.method === name && each.when(args));
          if (!pause) return call();
          this.awaited.delete(pause);
          pause.reach();
          return pause.opened.then(call);
        };
      },
    });
  };

  /** The port behind, which nothing pauses. */
  port<Port extends object>(token: Token<Port>): Port {
    return this.ports.get(token) as Port;
  }

  /** The next call that `when` agrees to waits; those before and behind it don't. */
  at<Port extends object, Name extends MethodOf<Port>>(token: Token<Port>, method: Name, when: (...args: ArgsOf<Port, Name>) => boolean = () => true): Pause {
    const reached = Promise.withResolvers<void>();
    const opened = Promise.withResolvers<void>();
    this.awaited.add({ token, method, when: (args) => when(...(args as ArgsOf<Port, Name>)), reach: reached.resolve, opened: opened.promise });
    return { reached: reached.promise, go: opened.resolve };
  }
}

/** Whether a key of the archive store is that of the fragment that begins at the position. */
export function isFragment(kind: 'assets' | 'events', from: number): (key: string) => boolean {
  const fragment = new RegExp(`/${kind}-${from}-\\d+$`);
  return (key) => fragment.test(key);
}
