// Fills every [data-chart] with the ECharts option that json_script put beside it, again after an HTMX swap,
// and again when the look changes. Options are plain JSON: formats are names, colours are "var(--token)".
import { formattersFor } from "./formatters.js";

const FORMAT_KEYS = new Set(["formatter", "valueFormatter"]);
const drawn = new Map(); // element -> { chart, watcher }
let library;

function loadLibrary() {
  library ??= import("../vendor/echarts/echarts.esm.min.js");
  return library;
}

function scene(option) {
  return { language: document.documentElement.lang.startsWith("zh") ? "zh" : "en", currency: option.currency ?? "CNY" };
}

/** Replace "var(--token)" by its colour of the moment, and format names by functions. */
function resolve(value, key, context) {
  if (Array.isArray(value)) return value.map((entry) => resolve(entry, key, context));
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, resolve(entry, name, context)]));
  }
  if (typeof value !== "string") return value;
  const token = value.match(/^var\((--[\w-]+)\)$/);
  if (token) return context.style.getPropertyValue(token[1]).trim();
  return FORMAT_KEYS.has(key) ? formatter(value, key, context) : value;
}

/** A named format; anything else is ECharts' own template such as "{b}". Labels and tooltips hand over an object. */
function formatter(name, key, context) {
  const format = context.formats[name];
  if (!format) return name;
  if (key === "valueFormatter") return format;
  return (given) => {
    const value = given !== null && typeof given === "object" ? given.value : given;
    return format(Array.isArray(value) ? value.at(-1) : value);
  };
}

/** What every chart shares: our type, quiet axes, no animation for those who asked for none. */
function withManners(option, style, fontFamily) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const token = (name) => style.getPropertyValue(name).trim();
  const axis = (one) => ({
    ...one,
    axisLine: { lineStyle: { color: token("--line-strong") }, ...one.axisLine },
    axisTick: { show: false, ...one.axisTick },
    axisLabel: { color: token("--ink-3"), fontSize: 12, hideOverlap: true, ...one.axisLabel },
    splitLine: { lineStyle: { color: token("--c-grid") }, ...one.splitLine },
  });
  const axes = (given) => (Array.isArray(given) ? given.map(axis) : given && axis(given));
  const { currency: _currency, ...rest } = option;
  return {
    animation: !calm,
    animationDuration: 300,
    textStyle: { fontFamily, color: token("--ink-2") },
    aria: { enabled: false },
    ...rest,
    ...(rest.xAxis && { xAxis: axes(rest.xAxis) }),
    ...(rest.yAxis && { yAxis: axes(rest.yAxis) }),
    ...(rest.tooltip && {
      tooltip: {
        backgroundColor: token("--surface"),
        borderColor: token("--line"),
        textStyle: { color: token("--ink"), fontSize: 13 },
        confine: true,
        ...rest.tooltip,
      },
    }),
  };
}

async function draw(element) {
  const source = document.getElementById(element.dataset.chart);
  if (!source) return;
  const echarts = await loadLibrary().catch(() => null);
  if (!echarts) {
    element.hidden = true; // the numbers beside it remain
    return;
  }
  if (!element.isConnected) return;
  dispose(element);
  const option = JSON.parse(source.textContent);
  const style = getComputedStyle(document.documentElement);
  const context = { style, formats: formattersFor(scene(option)) };
  const locale = scene(option).language === "zh" ? "ZH" : "EN";
  const chart = echarts.init(element, null, { renderer: "svg", locale });
  chart.setOption(withManners(resolve(option, "", context), style, getComputedStyle(document.body).fontFamily));
  const watcher = new ResizeObserver(() => chart.resize());
  watcher.observe(element);
  drawn.set(element, { chart, watcher });
  element.dataset.chartReady = "";
}

function dispose(element) {
  const one = drawn.get(element);
  if (!one) return;
  one.watcher.disconnect();
  one.chart.dispose();
  drawn.delete(element);
  delete element.dataset.chartReady;
}

/** Draw what is new, forget what has left the page. */
function drawAll() {
  for (const element of drawn.keys()) if (!element.isConnected) dispose(element);
  for (const element of document.querySelectorAll("[data-chart]")) if (!drawn.has(element)) draw(element);
}

function redraw() {
  for (const element of [...drawn.keys()]) draw(element);
}

drawAll();
document.addEventListener("htmx:afterSettle", drawAll);
document.addEventListener("pacemark:theme", redraw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
matchMedia("print").addEventListener("change", redraw);
