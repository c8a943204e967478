/** What the words for a medication say, taken apart. */
export interface DrugName {
  /** The names of its ingredients as written, one of each part of a combination; sorted, in lower case. */
  readonly names: readonly string[];
  /** Sorted, in one notation: `["5 mg"]`, `["12.5 mg", "5 mg"]`, `["20 mg/ml"]`. */
  readonly strengths: readonly string[];
  /** The words of form and release, sorted: `["oral", "tablet"]`. */
  readonly form: readonly string[];
}

const unit = '(?:mg|mcg|µg|μg|ug|ng|g|kg|ml|l|meq|mmol|units?|iu|unt|actuat|hr|h|%)';
const strengthForm = new RegExp(
  `(\\d+(?:[.,]\\d+)?)\\s*(${unit})(?![a-z])(?:\\s*/\\s*(\\d+(?:[.,]\\d+)?)?\\s*(${unit})(?![a-z]))?`,
  'g',
);

/** Words that say in what form a medication comes, and no more. A list of words, not of drugs. */
const formWords = new Set(
  (
    'oral topical nasal rectal vaginal ophthalmic otic sublingual buccal transdermal intravenous subcutaneous ' +
    'intramuscular intrauterine mucosal injectable inhalation chewable disintegrating effervescent prefilled ' +
    'extended delayed sustained modified controlled immediate prolonged release coated film enteric metered dose dry ' +
    'tablet tablets tab tabs capsule capsules cap caps solution suspension syrup elixir drops drop injection ' +
    'syringe pen cartridge vial ampoule powder granules cream ointment gel lotion foam paste patch spray inhaler ' +
    'suppository lozenge implant system pack auto-injector er xr sr cr dr ec po iv sc im'
  ).split(' '),
);

/** Sizes of packages, durations of release and application numbers, which come before a name in RxNorm. */
const preamble = /^(?:nda\d+\s+)?(?:\d+(?:\.\d+)?\s*(?:actuat|ml|hr|day)\s+)?/;

/**
 * Takes strength and form off the words for a medication, so that what is left can be compared by letters. It knows no
 * drugs: a salt is part of the name, and a brand is a name of its own.
 */
export function drugName(text: string): DrugName {
  const plain = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\[[^\]]*\]|\([^)]*\)|[{}®™]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(preamble, '');
  const strengths: string[] = [];
  const unnumbered = plain.replace(strengthForm, (_match, ...groups: (string | undefined)[]) => {
    strengths.push(strengthText(groups));
    return ' ';
  });
  const form: string[] = [];
  const names = unnumbered.split(/\s*[/+]\s*|\s+and\s+/).map((part) => {
    const rest = part.split(/[\s,;]+/).filter((word) => {
      if (formWords.has(word)) form.push(word);
      return word !== '' && word !== '-' && !formWords.has(word);
    });
    return rest.join(' ');
  });
  return {
    names: [...new Set(names.filter((name) => /\p{L}{2}/u.test(name)))].toSorted(),
    strengths: strengths.toSorted(),
    form: [...new Set(form)].toSorted(),
  };
}

function strengthText([amount, of, per, perUnit]: readonly (string | undefined)[]): string {
  const numerator = `${decimal(amount)} ${unitName(of)}`;
  if (perUnit === undefined) return numerator;
  return `${numerator}/${per === undefined ? '' : `${decimal(per)} `}${unitName(perUnit)}`;
}

function decimal(written: string | undefined): string {
  return String(Number((written ?? '').replace(',', '.')));
}

/** The several spellings of one unit. */
export function unitName(written = ''): string {
  const plain = written.toLowerCase();
  if (['µg', 'μg', 'ug'].includes(plain)) return 'mcg';
  if (['unit', 'iu', 'unt', '[iu]', '[u]'].includes(plain)) return 'units';
  return plain === 'hr' ? 'h' : plain;
}
