import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chromium, type Browser, type Page } from 'playwright-core';
import { openContextDatabase, partUrl } from '#platform/database';
import { issueOneUseCode } from '#platform/edge';
import { eventually, openHouse, type House, type Json } from '#platform/testing';

const accessibility = createRequire(import.meta.url).resolve('axe-core');

/** A stay that ends, in the least that makes a document of it. */
const stay: readonly Json[] = [
  {
    resourceType: 'Patient',
    id: 'ada',
    identifier: [{ type: { coding: [{ code: 'MR' }] }, system: 'urn:septum:authority:GH', value: '4711' }],
    name: [{ family: 'Okafor', given: ['Ada'] }],
    birthDate: '1954-03-02',
    gender: 'female',
    generalPractitioner: [{ display: 'Dr. Eva Stern' }],
  },
  encounter('in-progress', {}),
  {
    resourceType: 'Condition',
    id: 'embolism',
    subject: { reference: 'Patient/ada' },
    encounter: { reference: 'Encounter/stay' },
    code: { text: 'Pulmonary embolism <b>' },
    recordedDate: '2026-03-02',
  },
  {
    resourceType: 'MedicationRequest',
    id: 'heparin',
    status: 'active',
    intent: 'order',
    subject: { reference: 'Patient/ada' },
    encounter: { reference: 'Encounter/stay' },
    medicationCodeableConcept: { text: 'Heparin' },
    authoredOn: '2026-03-02T09:00:00Z',
  },
  encounter('finished', { end: '2026-03-09T10:00:00Z' }),
];

function encounter(status: string, end: object): Json {
  return {
    resourceType: 'Encounter',
    id: 'stay',
    status,
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' },
    subject: { reference: 'Patient/ada' },
    period: { start: '2026-03-02T08:00:00Z', ...end },
  };
}

async function openBrowser(): Promise<Browser> {
  const found = execFileSync(process.execPath, ['tools/chromium.mjs'], { encoding: 'utf8' });
  const { path, environment } = JSON.parse(found) as { path: string; environment: Record<string, string> };
  return chromium.launch({
    executablePath: path,
    env: { HOME: process.env['HOME'] ?? '/tmp', ...environment },
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking'],
  });
}

describe('the console', () => {
  let house: House;
  let browser: Browser;
  let page: Page;
  const troubles: string[] = [];

  beforeAll(async () => {
    house = await openHouse({ topology: 'medications-out' });
    await house.put(...stay);
    browser = await openBrowser();
    page = await (await browser.newContext({ bypassCSP: true })).newPage();
    page.setDefaultTimeout(120_000);
    page.on('pageerror', (error) => troubles.push(error.message));
  });
  afterAll(async () => {
    await browser?.close();
    await house?.stop();
  });

  /** What axe finds against WCAG 2.2 A and AA; https://www.w3.org/TR/WCAG22/ */
  async function barriers(): Promise<string[]> {
    await page.addScriptTag({ path: accessibility });
    return page.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        axe: { run(options: object): Promise<{ violations: { id: string; help: string }[] }> };
      };
      const { violations } = await axe.run({
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'],
      });
      return violations.map(({ id, help }) => `${id}: ${help}`);
    });
  }

  async function signIn(): Promise<void> {
    const home = openContextDatabase({ url: partUrl(house.database, 'edge'), context: 'edge', poolSize: 1 });
    const holder = {
      subject: 'Practitioner/demo',
      kind: 'user' as const,
      client: 'console',
      scopes: ['user/*.cruds'],
    };
    const code = await issueOneUseCode(home, holder);
    await home.close();
    await page.goto(`${house.url}/session/start?code=${code}`);
  }

  it('says to a stranger how to sign in', async () => {
    await page.goto(`${house.url}/`);
    await page.getByRole('alert').first().waitFor();
    expect(await page.getByRole('alert').first().textContent()).toContain('one-use code');
  });

  it('draws every part where it runs, after the printed address was opened', async () => {
    await signIn();
    await page.locator('[data-part]').first().waitFor();
    expect(await page.locator('[data-part]').count()).toBe(13);
    expect(await page.locator('#topology-words').textContent()).toBe(
      '12 parts run in this program; in processes of their own: medications. All of them are up.',
    );
    expect(await barriers()).toEqual([]);
  });

  it('counts what the exchange holds', async () => {
    await page.locator('[data-count="Patient"] dd', { hasText: /^1$/ }).waitFor();
    await page.locator('[data-count="MedicationRequest"] dd', { hasText: /^1$/ }).waitFor();
  });

  it('finds a patient by the beginning of the name', async () => {
    await page.getByRole('link', { name: 'Patients' }).click();
    await page.getByRole('link', { name: 'Ada Okafor' }).waitFor();
    await page.getByLabel('Name begins with').fill('zzz');
    await page.getByText('No patient’s name begins so.').waitFor();
    await page.getByLabel('Name begins with').fill('oka');
    await page.getByRole('link', { name: 'Ada Okafor' }).waitFor();
    expect(await barriers()).toEqual([]);
  });

  it('tells what happened to the patient, the latest first', async () => {
    await page.getByRole('link', { name: 'Ada Okafor' }).click();
    await page.getByRole('heading', { name: 'Timeline' }).waitFor();
    await page.locator('.timeline .what', { hasText: 'Heparin' }).waitFor();
    const titles = await page.locator('.timeline .what').allTextContents();
    expect(titles).toContain('Heparin');
    expect(titles).toContain('Pulmonary embolism <b>');
    const times = await page
      .locator('.timeline time')
      .evaluateAll((all) => all.map((one) => one.getAttribute('datetime')));
    expect(times).toEqual(times.toSorted().toReversed());
    expect(await barriers()).toEqual([]);
  });

  it('shows the discharge summary as people read it', async () => {
    await eventually(async () => {
      await page.reload();
      await page.getByRole('link', { name: /discharge/i }).waitFor({ timeout: 2_000 });
    });
    await page.getByRole('link', { name: /discharge/i }).click();
    await page.getByRole('heading', { level: 2, name: /discharge medication/i }).waitFor();
    expect(await page.locator('article').textContent()).toContain('Heparin');
    expect(await page.locator('article').textContent()).toContain('Pulmonary embolism <b>');
    expect(await page.locator('article').textContent()).toContain('MRN 4711 (GH)');
    expect(await page.locator('article').textContent()).toContain('Discharged2026-03-09 10:00 UTC');
    expect(await barriers()).toEqual([]);
  });

  it('says who was to be told, and why somebody was not', async () => {
    await page.goto(`${house.url}/#/patient/ada`);
    const rows = page.locator('[data-communication]', { hasText: 'Dr. Eva Stern' });
    await rows.filter({ hasText: 'Admission as an inpatient' }).waitFor();
    const discharge = rows.filter({ hasText: 'Discharge' }).first();
    await discharge.waitFor();
    expect(await discharge.textContent()).toContain('Not told');
    expect(await discharge.textContent()).toContain('Endpoint');
    expect(await barriers()).toEqual([]);
  });

  it('says of a withdrawn summary that it is, in the lists and to who reads it', async () => {
    const withdrawn = 'Withdrawn: recorded in error';
    await page.getByRole('link', { name: /discharge/i }).click();
    await page.getByRole('heading', { level: 2, name: /discharge medication/i }).waitFor();
    expect(await page.getByText(withdrawn).count()).toBe(0);
    await house.put(encounter('in-progress', {}));
    await page.getByRole('alert').filter({ hasText: withdrawn }).waitFor();
    expect(await barriers()).toEqual([]);
    await page.goto(`${house.url}/#/patient/ada`);
    await page.locator('section[aria-labelledby="documents"] li', { hasText: withdrawn }).waitFor();
    await page.locator('.timeline [data-kind="Document"]', { hasText: withdrawn }).waitFor();
    expect(await barriers()).toEqual([]);
  });

  it('tells of a part that does not answer, and of a record that is incomplete for it', async () => {
    await house.kill('medications');
    await page.goto(`${house.url}/`);
    await page.getByText('Not up: medications.').waitFor();
    await page.goto(`${house.url}/#/patient/ada`);
    await page.getByText('This record is incomplete just now.').waitFor();
    await house.restart('medications');
    await page.goto(`${house.url}/`);
    await page.getByText('All of them are up.').waitFor();
  });

  it('ran without an error in the page', () => {
    expect(troubles).toEqual([]);
  });
});
