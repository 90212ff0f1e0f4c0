// The formats that chart options name: "money", "money_short", "count", "percent", "percent0", "signed".
// The same rules as ui/formats.py; a browser test compares the two.

const DASH = "—";
const MINUS = "−";
const NO_MINOR_UNITS = new Set(["JPY", "KRW", "VND"]);
const PREFIXES = { CNY: "¥", EUR: "€", USD: "$", GBP: "£", BRL: "R$", JPY: "¥" };
const ZH_UNITS = { CNY: "元", EUR: "欧元", USD: "美元", GBP: "英镑", BRL: "雷亚尔", JPY: "日元" };

const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

/** Move the decimal point in the number's shortest text: exact where multiplying by 100 is not. */
function shift(value, power) {
  const [mantissa, exponent = "0"] = String(value).split("e");
  return Number(`${mantissa}e${Number(exponent) + power}`);
}

/** Thousands separators, a real minus sign, halves away from zero. */
function grouped(value, digits) {
  const rounded = shift(Math.round(shift(Math.abs(value), digits)), -digits);
  const text = rounded.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return value < 0 && rounded !== 0 ? MINUS + text : text;
}

function withUnit(text, { language, currency }) {
  if (language === "zh") {
    const unit = ZH_UNITS[currency] ?? currency;
    return /[万亿]$/.test(text) ? text + unit : `${text} ${unit}`;
  }
  const prefix = PREFIXES[currency] ?? `${currency} `;
  return text.startsWith(MINUS) ? MINUS + prefix + text.slice(1) : prefix + text;
}

const major = (minor, currency) => (NO_MINOR_UNITS.has(currency) ? minor : shift(minor, -2));

export function count(value, digits = 0) {
  return isNumber(value) ? grouped(value, digits) : DASH;
}

export function signed(value, digits = 0) {
  const text = count(value, digits);
  return text === DASH || text.startsWith(MINUS) || !/[1-9]/.test(text) ? text : `+${text}`;
}

export function percent(rate, digits = 1) {
  return isNumber(rate) ? `${grouped(shift(rate, 2), digits)}%` : DASH;
}

export function money(minor, scene) {
  if (!isNumber(minor)) return DASH;
  const amount = major(minor, scene.currency);
  return withUnit(grouped(amount, Number.isInteger(amount) ? 0 : 2), scene);
}

export function moneyShort(minor, scene) {
  if (!isNumber(minor)) return DASH;
  const amount = major(minor, scene.currency);
  const scales = scene.language === "zh" ? [[1e8, " 亿"], [1e4, " 万"]] : [[1e6, "M"], [1e3, "k"]];
  for (const [scale, word] of scales) {
    if (Math.abs(amount) >= scale * 0.99995) return withUnit(grouped(amount / scale, 1) + word, scene);
  }
  return withUnit(grouped(amount, 0), scene);
}

/** Return the formatters by name, for one language and currency. */
export function formattersFor(scene) {
  return {
    count: (value) => count(value),
    signed: (value) => signed(value),
    percent: (value) => percent(value),
    percent0: (value) => percent(value, 0),
    money: (value) => money(value, scene),
    money_short: (value) => moneyShort(value, scene),
  };
}
