package review

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"berth/internal/quantity"
)

// figure is one resource of a total in the words of people. Delta is by how much it changes, with its sign; empty where it
// does not.
type figure struct{ Name, Before, After, Delta string }

// change is the figure on both sides, or once where they agree.
func (f figure) change() string {
	if f.Before == f.After {
		return f.After
	}
	return f.Before + " → " + f.After
}

// figures are the resources of a total that are not nought on both sides.
func figures(t Total) []figure {
	all := []figure{
		figureOf("cpu", quantityOf(t.Before.CPU).MilliValue(), quantityOf(t.After.CPU).MilliValue(), cores),
		figureOf("memory", quantityOf(t.Before.Memory).Value(), quantityOf(t.After.Memory).Value(), bytesText),
	}
	for _, model := range models(t) {
		all = append(all, figureOf(model, t.Before.Devices[model], t.After.Devices[model], number))
	}
	return slices.DeleteFunc(all, func(f figure) bool { return f.Before == "0" && f.After == "0" })
}

// figureOf compares two numbers; text writes them, and their difference, in the figure's unit.
func figureOf(name string, before, after int64, text func(int64) string) figure {
	f := figure{Name: name, Before: text(before), After: text(after)}
	switch {
	case after > before:
		f.Delta = "+" + text(after-before)
	case after < before:
		f.Delta = "−" + text(before-after)
	}
	return f
}

// models are the devices of a total, sorted.
func models(t Total) []string {
	all := slices.AppendSeq(slices.Collect(maps.Keys(t.Before.Devices)), maps.Keys(t.After.Devices))
	slices.Sort(all)
	return slices.Compact(all)
}

// cores is an amount of thousandths of a cpu as people say it.
func cores(n int64) string { return strconv.FormatFloat(float64(n)/1000, 'f', -1, 64) }

// number is the text of a figure without a unit.
func number(n int64) string { return fmt.Sprint(n) }

// bytesText is an amount of memory in the largest unit of which it is some quarters.
func bytesText(n int64) string {
	unit := int64(1) << 40
	for _, name := range []string{"Ti", "Gi", "Mi", "Ki"} {
		if n >= unit && n%(unit/4) == 0 {
			return strconv.FormatFloat(float64(n)/float64(unit), 'f', -1, 64) + name
		}
		unit >>= 10
	}
	return quantity.Bytes(n)
}

// quantityOf reads an amount that this package printed.
func quantityOf(text string) *quantity.Quantity {
	q, _ := quantity.Parse(text)
	return &q
}
