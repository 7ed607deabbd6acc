// A sentence with a number, in the form that the page's language has for it. `forms` is what `{% counted %}` wrote.
export function counted(forms, number) {
  const known = JSON.parse(forms);
  const form = new Intl.PluralRules(document.documentElement.lang).select(number);
  return (known[form] ?? known.other).replace("%s", number);
}
