/** What the app provides from its settings. */
export class RegistryConfig {
  /** The installation's base URL, without a slash at its end; it may carry a path. */
  readonly baseUrl!: string;
  readonly rootClientId: string = 'root';
  /** This process is all there is of the installation: what was under way before its start is settled at once, as nobody goes on with it. */
  readonly sole: boolean = false;
  /** Wins over the stored one. Without it a secret is made at the first start. */
  readonly rootClientSecret?: string;
  /** 30 days, as Squidex: its SDK takes seconds for milliseconds and would ask for tokens all the time otherwise. */
  readonly tokenLifetimeSeconds: number = 2_592_000;

  constructor(settings: { baseUrl: string; sole?: boolean; rootClientId?: string; rootClientSecret?: string; tokenLifetimeSeconds?: number }) {
    Object.assign(this, settings);
  }
}
