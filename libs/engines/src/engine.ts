export type EngineName = 'rabbitmq' | 'mongodb' | 'minio' | 'seaweedfs';

/** An engine as such; {@link EngineKind.at} makes one of it. */
export interface EngineKind {
  name: EngineName;
  /** How many ports it needs for itself. */
  ports: number;
  /** Whether its program is on this machine. */
  isInstalled(): boolean;
  /** Throws when it isn't installed. */
  at(place: EnginePlace): Engine;
}

/** Where an engine that is to be started keeps its data, and the ports that are its own. */
export interface EnginePlace {
  /** Data, settings and logs go below it. */
  folder: string;
  /** As many as {@link EngineKind.ports} says. */
  ports: readonly number[];
}

/** How an engine is started, and what its clients need. */
export interface Engine {
  name: EngineName;
  /** Of its data; the home of each of its processes, by which they are found ({@link processesOf}). */
  folder: string;
  /** For its clients; with credentials where the protocol has them in the address. */
  url: string;
  accessKey?: string;
  secretKey?: string;
  command: string;
  args: string[];
  /** Beside `HOME`, which is the folder. */
  env: Record<string, string>;
  /** The name of the process that does the work, where a script starts it. */
  worker?: string;
  /** Folders and files that must be there before the start. */
  prepare(): Promise<void>;
  /** Whether it takes connections and does what it is asked. */
  isReady(): Promise<boolean>;
}
