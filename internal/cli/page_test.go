package cli_test

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// browser finds a Chromium; without one there is nothing to test.
func browser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("there is no Chromium here")
	return ""
}

// open opens a page without a window and returns what the page has become and what the console says.
func open(t *testing.T, page string, flags ...string) (dom, console string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	args := append([]string{
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--user-data-dir=" + t.TempDir(), "--enable-logging=stderr",
		"--dump-dom",
	}, flags...)
	cmd := exec.CommandContext(ctx, browser(t), append(args, "file://"+page)...)
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatal(err, errs.String())
	}
	return out.String(), errs.String()
}

// probe is a script that tells the window around it what the page looks like once it is laid out: the hours at which bars
// and changes of clocks stand, how far the page is wider than its window, what the keyboard cannot reach, which text has
// less contrast than WCAG's AA asks for, and how many runs a verdict's button leaves.
const probe = `<script>
window.addEventListener("load", function () {
  var bars = {}, shifts = {}, was = {}, faint = [];
  function channels(color) { return (color.match(/[\d.]+/g) || [0, 0, 0, 0]).map(Number); }
  function light(color) {
    var c = channels(color).slice(0, 3).map(function (x) { x /= 255; return x <= .04045 ? x / 12.92 : Math.pow((x + .055) / 1.055, 2.4); });
    return .2126 * c[0] + .7152 * c[1] + .0722 * c[2];
  }
  function ground(e) {
    for (; e; e = e.parentElement) {
      var c = getComputedStyle(e).backgroundColor;
      if (channels(c)[3] !== 0) return light(c);
    }
    return 1;
  }
  document.querySelectorAll("body *").forEach(function (e) {
    var own = Array.from(e.childNodes).some(function (n) { return n.nodeType === 3 && n.data.trim(); });
    if (!own || !e.offsetParent) return;
    var a = light(getComputedStyle(e).color), b = ground(e);
    if ((Math.max(a, b) + .05) / (Math.min(a, b) + .05) < 4.5) faint.push(e.outerHTML);
  });
  document.querySelectorAll(".week .row").forEach(function (row) {
    var track = row.querySelector(".track:not(.demand)");
    if (!track) return;
    var week = track.getBoundingClientRect();
    function hours(what) {
      return Array.from(track.querySelectorAll(what), function (e) {
        var box = e.getBoundingClientRect();
        return [box.left, box.right].map(function (x) { return (x - week.left) / week.width * 168; });
      });
    }
    var name = row.querySelector("strong").textContent;
    bars[name] = hours("span:not(.was)");
    was[name] = hours(".was");
    shifts[name] = hours("i");
  });
  document.querySelector("button[data-word=stops]").click();
  parent.postMessage(JSON.stringify({
    bars: bars, shifts: shifts, was: was, faint: faint, dark: ground(document.body) < .2,
    tooWide: document.documentElement.scrollWidth - window.innerWidth,
    width: window.innerWidth,
    unreachable: Array.from(document.querySelectorAll("a, button, input, summary")).filter(function (e) { return e.tabIndex < 0; }).length,
    stopping: Array.from(document.querySelectorAll("details.run")).filter(function (e) { return !e.hidden; }).length
  }), "*");
});
</script></body>`

// around is a page with another one in a window of a given width, since a browser's own has a least width.
const around = `<script>onmessage = function (e) { document.documentElement.dataset.probe = e.data; };</script>
<iframe src="review.html" style="width: %dpx; height: 900px; border: 0"></iframe>`

type probed struct {
	Bars, Shifts, Was                     map[string][][2]float64
	Faint                                 []string
	Dark                                  bool
	TooWide, Width, Unreachable, Stopping int
}

var probeText = regexp.MustCompile(` data-probe="([^"]*)"`)

// The page of the week in which Berlin's clocks go forward, in a browser, on a desk by day and on a telephone by night:
// nothing complains, each run of a schedule stands at its hour, all text can be read, and nothing is wider than the window.
func TestPageInBrowser(t *testing.T) {
	r := diffOf(t, "../../fixtures/diff/week-of-schedules", "--output", "html", "--week", "2026-03-25")
	if r.exit != 1 || r.stderr != "" {
		t.Fatalf("exit %d\n%s", r.exit, r.stderr)
	}
	if strings.Contains(r.stdout, "http://") || strings.Contains(r.stdout, "https://") {
		t.Error("the page speaks of an address")
	}
	dir := t.TempDir()
	writePage(t, filepath.Join(dir, "review.html"), strings.Replace(r.stdout, "</body>", probe, 1))
	for width, scheme := range map[int]string{1280: "1", 390: "0"} { // light and dark, as the browser counts them
		outer := filepath.Join(dir, fmt.Sprintf("%d.html", width))
		writePage(t, outer, fmt.Sprintf(around, width))
		dom, console := open(t, outer, "--window-size=1400,1000", "--virtual-time-budget=5000", "--blink-settings=preferredColorScheme="+scheme)
		if strings.Contains(console, "CONSOLE") {
			t.Error(console)
		}
		var got probed
		if m := probeText.FindStringSubmatch(dom); m == nil || json.Unmarshal([]byte(html.UnescapeString(m[1])), &got) != nil {
			t.Fatalf("the probe said nothing:\n%s", dom)
		}
		if got.Width != width || got.TooWide > 0 || got.Unreachable > 0 || got.Stopping != 1 {
			t.Errorf("at a width of %d: the page is %d wide and %d too wide, %d elements are out of reach, %d runs are left",
				width, got.Width, got.TooWide, got.Unreachable, got.Stopping)
		}
		if got.Dark != (scheme == "0") || len(got.Faint) > 0 {
			t.Errorf("dark: %v; too faint to be read: %q", got.Dark, got.Faint)
		}
		// 4:30 in Berlin is 3:30 UTC from Monday to Saturday, and 2:30 on Sunday, each for 90 minutes.
		standAt(t, got, "nightly", []float64{3.5, 27.5, 51.5, 75.5, 99.5, 123.5, 146.5}, 1.5)
		// Sunday 1:00 UTC.
		if got := got.Shifts["nightly"]; len(got) != 1 || math.Abs(got[0][0]-145) > 1 {
			t.Errorf("the clocks change at the hours %v, want 145", got)
		}
		// Friday 20:00 UTC.
		standAt(t, got, "weekly-train", []float64{4*24 + 20}, 36)
		// Monday 6:00 UTC, before.
		got.Bars = got.Was
		standAt(t, got, "weekly-train", []float64{6}, 36)
	}
}

func writePage(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// standAt holds the bars of a schedule to their hours of the week, to a pixel.
func standAt(t *testing.T, got probed, run string, starts []float64, length float64) {
	t.Helper()
	bars := got.Bars[run]
	if len(bars) != len(starts) {
		t.Fatalf("%s has %d bars, want %d", run, len(bars), len(starts))
	}
	pixel := 168 / float64(got.Width) * 2
	for i, from := range starts {
		if math.Abs(bars[i][0]-from) > pixel || math.Abs(bars[i][1]-from-length) > pixel {
			t.Errorf("%s stands at the hours %v, want %v to %v", run, bars[i], from, from+length)
		}
	}
}
