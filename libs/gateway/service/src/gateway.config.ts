/** What the app decides for the gateway; provided by the app. */
export class GatewayConfig {
  /** Address under which callers reach this installation, without a slash at its end. */
  readonly baseUrl: string;
  /** Bytes of one asset file. */
  readonly maxAssetBytes: number;
  /** Bytes of an archive sent for a restore. */
  readonly maxArchiveBytes: number;
  /** How long a caller waits while a service is away. */
  readonly patienceMs: number;

  constructor(settings: { baseUrl: string; maxArchiveBytes: number; patienceMs: number; maxAssetBytes?: number }) {
    this.baseUrl = settings.baseUrl.replace(/\/+$/, '');
    this.maxAssetBytes = settings.maxAssetBytes ?? 5 * 2 ** 30;
    this.maxArchiveBytes = settings.maxArchiveBytes;
    this.patienceMs = settings.patienceMs;
  }
}
