import { DiscardedApps } from '@reprise/assets-core';
import { storing, type MongoDatabase } from '@reprise/mongodb';
import { AppDocuments } from './app-documents.js';

export class MongoDiscardedApps extends DiscardedApps {
  private readonly apps: AppDocuments;

  constructor(database: MongoDatabase) {
    super();
    this.apps = new AppDocuments(database);
  }

  async add(appId: string): Promise<void> {
    await storing(() => this.apps.discard(appId));
  }

  has(appId: string): Promise<boolean> {
    return storing(() => this.apps.isDiscarded(appId));
  }
}
