package cli_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
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

// The page of the week in which Berlin's clocks go forward, in a browser: nothing complains, and each run of a schedule
// stands at its hour.
func TestPageInBrowser(t *testing.T) {
	r := diffOf(t, "../fixtures/diff/week-of-schedules", "--output", "html", "--week", "2026-03-25")
	if r.exit != 1 || r.stderr != "" {
		t.Fatalf("exit %d\n%s", r.exit, r.stderr)
	}
	page := filepath.Join(t.TempDir(), "review.html")
	if err := os.WriteFile(page, []byte(r.stdout), 0o644); err != nil {
		t.Fatal(err)
	}
	dom, console := open(t, page)
	if strings.Contains(console, "CONSOLE") {
		t.Error(console)
	}
	if strings.Contains(r.stdout, "http://") || strings.Contains(r.stdout, "https://") {
		t.Error("the page speaks of an address")
	}
	// 4:30 in Berlin is 3:30 UTC from Monday to Saturday, and 2:30 on Sunday, each for 90 minutes.
	var want []string
	for day := range 7 {
		from := day*24*60 + 3*60 + 30
		if day == 6 {
			from -= 60
		}
		want = append(want, span(from, from+90))
	}
	if got := spansOf(dom, "nightly"); strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("the nightly runs are at %v, want %v", got, want)
	}
	// Friday 20:00 UTC, 36 hours long.
	if got := spansOf(dom, "weekly-train"); len(got) != 1 || got[0] != span(4*24*60+20*60, 6*24*60+8*60) {
		t.Errorf("the training is at %v", got)
	}
}

var spans = regexp.MustCompile(`data-from="(\d+)" data-to="(\d+)"`)

func span(from, to int) string { return strconv.Itoa(from) + "-" + strconv.Itoa(to) }

// spansOf are the bars of a schedule in the timeline, in minutes of the week.
func spansOf(dom, run string) []string {
	_, row, _ := strings.Cut(dom, `<p><strong>`+run+`</strong>`)
	row, _, _ = strings.Cut(row, "\n")
	var all []string
	for _, m := range spans.FindAllStringSubmatch(row, -1) {
		all = append(all, m[1]+"-"+m[2])
	}
	return all
}
