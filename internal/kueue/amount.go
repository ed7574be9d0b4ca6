package kueue

import (
	"math"
	"strconv"
	"strings"

	"berth/internal/quantity"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// amount counts as Kueue does: thousandths of cpu, whole units of all else, rounded up. What is too large to count is
// unlimited, and stays so.
type amount int64

// unlimited is more than can be counted.
const unlimited amount = math.MaxInt64

// quotaOf is an amount of a quota.
func quotaOf(resource string, q quantity.Quantity) amount {
	most := *quantityOf(resource, math.MaxInt64)
	if q.Cmp(most) >= 0 {
		return unlimited
	}
	return countOf(resource, q)
}

// countOf is an amount of a request.
func countOf(resource string, q quantity.Quantity) amount {
	most := *quantityOf(resource, math.MaxInt64)
	switch {
	case q.Cmp(most) >= 0:
		return unlimited
	case resource == string(corev1.ResourceCPU):
		return amount(q.MilliValue())
	}
	return amount(q.Value())
}

// quantityOf is a count as Kubernetes writes it.
func quantityOf(name string, n amount) *quantity.Quantity {
	switch {
	case name == string(corev1.ResourceCPU):
		return resource.NewMilliQuantity(int64(n), resource.DecimalSI)
	case name == string(corev1.ResourceMemory), name == string(corev1.ResourceEphemeralStorage), strings.HasPrefix(name, corev1.ResourceHugePagesPrefix):
		return resource.NewQuantity(int64(n), resource.BinarySI)
	}
	return resource.NewQuantity(int64(n), resource.DecimalSI)
}

// textOf is a count as people write it: whole numbers of things without a unit.
func textOf(name string, n amount) string {
	if n == unlimited {
		return "any amount"
	}
	if name == string(corev1.ResourceCPU) {
		return strconv.FormatFloat(float64(n)/1000, 'f', -1, 64)
	}
	if strings.Contains(name, "/") || name == string(corev1.ResourcePods) {
		return strconv.FormatInt(int64(n), 10)
	}
	return quantityOf(name, n).String()
}

// plus never overflows: what is too much stays unlimited, and what is too little stays at the least number.
func (a amount) plus(b amount) amount {
	if a == unlimited || b == unlimited || b > 0 && a > unlimited-b {
		return unlimited
	}
	if b < 0 && a < math.MinInt64-b {
		return math.MinInt64
	}
	return a + b
}

// minus never overflows either. Unlimited less unlimited is nothing, so that a queue without a limit that has used all of it
// is not said to have some left.
func (a amount) minus(b amount) amount {
	switch {
	case a == unlimited && b == unlimited:
		return 0
	case a == unlimited:
		return unlimited
	case b == unlimited:
		return math.MinInt64
	case b == math.MinInt64:
		return unlimited // which no count is, but a difference of differences may be
	}
	return a.plus(-b)
}

// times is n pods of an amount.
func (a amount) times(n int64) amount {
	if a == 0 || n == 0 {
		return 0
	}
	if product := int64(a) * n; product/n == int64(a) && a != unlimited {
		return amount(product)
	}
	return unlimited
}
