import type { AppState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';
import { objectOrNull, textOrNull } from '../read.js';

/** Null clears all. */
export const appAssetScriptsConfigured: ChangingReducer<AppState> = {
  type: 'AppAssetsScriptsConfiguredEvent',
  change: (app, { payload }) => {
    const scripts = objectOrNull(payload, 'scripts') ?? {};
    return { ...app, assetScripts: Object.fromEntries(Object.keys(app.assetScripts).map((name) => [name, textOrNull(scripts, name)])) };
  },
};
