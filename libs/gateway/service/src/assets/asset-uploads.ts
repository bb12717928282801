import { beginUpload, type AppRef, type Principal } from '@reprise/contracts';
import { PatientBus } from '@reprise/messaging-core';
import { AssetObjects } from '@reprise/objects-core';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { GatewayConfig } from '../gateway.config.js';
import { receiveFile } from '../http/multipart.js';

/** An asset's file, from the form that brings it into the asset store. No event names it yet: the assets service removes it when no command does. */
@Injectable()
export class AssetUploads {
  constructor(
    private readonly bus: PatientBus,
    private readonly objects: AssetObjects,
    private readonly config: GatewayConfig,
  ) {}

  async receive(request: FastifyRequest, principal: Principal, app: AppRef) {
    const { uploadId, key } = await this.bus.request(beginUpload, { principal, app });
    const { file, fields } = await receiveFile(
      request,
      { maxBytes: this.config.maxAssetBytes },
      (bytes) => this.objects.put(key, bytes),
      () => this.objects.delete(key),
    );
    return { file: { uploadId, ...file, mimeType: file.mimeType || 'application/octet-stream' }, fields };
  }
}
