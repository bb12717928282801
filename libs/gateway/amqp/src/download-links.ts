import { downloadPath, type LinkSignature } from '@reprise/contracts';

/** Links to archives, as others reach this installation. */
export class DownloadLinks {
  private readonly baseUrl: string;

  constructor(baseUrl: string) {
    this.baseUrl = baseUrl.replace(/\/+$/, '');
  }

  of(jobId: string, appId: string, link: LinkSignature): { url: string; expires: string } {
    return { url: this.baseUrl + downloadPath(jobId, appId, link), expires: new Date(link.expires * 1_000).toISOString() };
  }
}
