import type { AppState } from '@reprise/contracts';
import { flag, objects, text, textOrNull } from '@reprise/json-text';

type Settings = AppState['settings'];

export function readSettings(settings: Record<string, unknown>): Settings {
  return {
    patterns: objects(settings, 'patterns').map((pattern) => ({
      name: text(pattern, 'name'),
      regex: text(pattern, 'regex'),
      message: textOrNull(pattern, 'message'),
    })),
    editors: objects(settings, 'editors').map((editor) => ({ name: text(editor, 'name'), url: text(editor, 'url') })),
    hideScheduler: flag(settings, 'hideScheduler'),
    hideDateTimeModeButton: flag(settings, 'hideDateTimeModeButton'),
  };
}

/**
 * The three old pattern events became settings; Squidex applies them so: an added or updated one goes behind the others, replacing
 * only one of the same name and expression, and a deleted one stays.
 */
export function withOldPattern(settings: Settings, payload: Record<string, unknown>): Settings {
  const pattern = { name: text(payload, 'name'), regex: text(payload, 'pattern'), message: textOrNull(payload, 'message') };
  const others = settings.patterns.filter((other) => other.name !== pattern.name || other.regex !== pattern.regex);
  return { ...settings, patterns: [...others, pattern], hideScheduler: false, hideDateTimeModeButton: false };
}
