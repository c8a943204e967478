import type { CodeTarget } from '../tables.ts';

/** ISO 639-1, ISO 639-2, and the name in English. https://www.loc.gov/standards/iso639-2/php/code_list.php */
const list = `ar ara Arabic,bn ben Bengali,cs ces Czech,cs cze Czech,da dan Danish,de deu German,de ger German,
el ell Greek,el gre Greek,en eng English,es spa Spanish,et est Estonian,fa fas Persian,fa per Persian,fi fin Finnish,
fr fra French,fr fre French,gu guj Gujarati,he heb Hebrew,hi hin Hindi,hr hrv Croatian,ht hat Haitian,hu hun Hungarian,
hy hye Armenian,hy arm Armenian,it ita Italian,ja jpn Japanese,km khm Khmer,kn kan Kannada,ko kor Korean,lo lao Lao,
lt lit Lithuanian,lv lav Latvian,mr mar Marathi,nl nld Dutch,nl dut Dutch,no nor Norwegian,pa pan Punjabi,pl pol Polish,
pt por Portuguese,ro ron Romanian,ro rum Romanian,ru rus Russian,sk slk Slovak,sk slo Slovak,so som Somali,sq sqi Albanian,
sq alb Albanian,sr srp Serbian,sv swe Swedish,ta tam Tamil,te tel Telugu,th tha Thai,tl tgl Tagalog,tr tur Turkish,
uk ukr Ukrainian,ur urd Urdu,vi vie Vietnamese,zh zho Chinese,zh chi Chinese`;

const bcp47 = 'urn:ietf:bcp:47';

function targets(): Record<string, CodeTarget> {
  const found: Record<string, CodeTarget> = {};
  for (const entry of list.split(',')) {
    const [two = '', three = '', name = ''] = entry.trim().split(' ');
    found[two] = found[three] = [two, name, bcp47];
  }
  return found;
}

/** The languages that US and European hospitals meet most, by either code. */
export const languages: Readonly<Record<string, CodeTarget>> = targets();
