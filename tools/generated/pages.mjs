/** All generated pages: file name → text. The same code gives the same bytes. */
import { settingsReference } from '#platform/runtime';
import { contractsPage } from './contracts-page.mjs';
import { eventsPage } from './events-page.mjs';
import { exitsPage } from './exits-page.mjs';
import { modelOf } from './model.mjs';
import { modulesPage } from './modules-page.mjs';
import { routesPage } from './routes-page.mjs';

export function pagesOf(material) {
  const model = modelOf(material);
  return new Map([
    ['contracts.md', contractsPage(model)],
    ['events.md', eventsPage(model)],
    ['exits.md', exitsPage(model)],
    ['modules.md', modulesPage(model)],
    ['routes.md', routesPage(model)],
    ['settings.md', settingsReference()],
  ]);
}
