package compiler

import (
	"math"
	"regexp"
	"slices"
	"strings"
)

// assignment is a name and its value inside of a text: --api-key=…, PASSWORD=… in a line for a shell, "token": "…", a
// header, a part of a connection string, an element of XML.
var assignment = regexp.MustCompile(`([A-Za-z][A-Za-z0-9_.-]*)["']?(?:\s*[=:]\s*|>|\s+)["']?((?:Bearer |Basic |Token |token )?)["']?([^\s"'&;,]+)`)

// keyWords are what an assignment of a secret has in it, in lower case: a text with none of them is not looked at.
var keyWords = []string{"passw", "pwd", "secret", "token", "key", "bearer", "authorization", "credential", "sig=", "-signature=", "-u ", "--user"}

// userPassword is a name and a password that a program is given together, as curl is.
var userPassword = regexp.MustCompile(`(?:^|\s)(?:-u|--user|--basic-auth)[= ]["']?[^\s:"']+:([^\s"']+)`)

// resourceName is the name of something in AWS, whose parts are no assignments.
var resourceName = regexp.MustCompile(`\barn:aws[a-z-]*:[^\s"',]+`)

// assignsSecret reports whether a text gives a secret to something that is called like one.
func assignsSecret(text string) bool {
	if !strings.ContainsAny(text, "=: ") {
		return false // as most texts
	}
	low := strings.ToLower(text)
	if !slices.ContainsFunc(keyWords, func(w string) bool { return strings.Contains(low, w) }) {
		return false
	}
	if strings.Contains(text, "arn:aws") {
		text = resourceName.ReplaceAllString(text, "")
	}
	if m := userPassword.FindStringSubmatch(text); m != nil && looksSecret(m[1]) {
		return true
	}
	for from := 0; ; {
		m := assignment.FindStringSubmatchIndex(text[from:])
		if m == nil {
			return false
		}
		name, scheme, value := text[from+m[2]:from+m[3]], text[from+m[4]:from+m[5]], text[from+m[6]:from+m[7]]
		// An Authorization header has a scheme before its secret, and a name that does not sound like one.
		header := scheme != "" && strings.Contains(low, "auth")
		if strings.HasSuffix(text[:from+m[2]], "${") {
			from += m[5] // ${NAME:-…}, whatever stands there
			continue
		}
		if (header || anyKey(name) && strong(value) || namesSecret(strings.TrimLeft(name, "-"))) && looksSecret(value) {
			return true
		}
		from += m[3] // the value may be the next name
	}
}

// flagOf reports whether an argument is the flag of a secret, whose value is the next argument.
func flagOf(arg string) bool {
	name, dashed := strings.CutPrefix(arg, "-")
	return dashed && !strings.ContainsAny(arg, "= ") && namesSecret(strings.TrimLeft(name, "-"))
}

// references are beginnings of values that name a secret kept elsewhere, or stand for one.
var references = []string{"$", "{{", "<", "vault:", "ref+", "op://", "ENC[", "arn:", "projects/", "secret:", "env:", "file:", "sops:", "AKV:", "!vault", "!secret", "!Ref", "!Sub", "!env", "./", "~", "http://", "https://", "@"}

// placeholders are words that people write where a secret will stand.
var placeholders = regexp.MustCompile(`(?i)^(x+|\*+|\.+)$|change.?me|replace|example|your[-_]|dummy|placeholder|redacted|todo|insert`)

// Lengths and randomness below which a value under a secret's name is a word. Entropy is in bits a character: hexadecimal
// text has at most 4, and words of a language about 3.
const (
	shortestNamed  = 8
	leastNamedBits = 2.5
)

var (
	// A UUID is made of short parts as names are, and random all the same.
	uuid     = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	titled   = regexp.MustCompile(`^[a-z0-9]+([-._][a-z0-9]+)+$`)  // of an object, a file, a host
	variable = regexp.MustCompile(`^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$`) // its name
	// A number with a unit, a date or a time.
	figure = regexp.MustCompile(`^[0-9.,_:eE+-]+[a-zA-Z]{0,2}$`)
)

// looksSecret reports whether the value of what is called like a secret is one: random, and no reference to one.
func looksSecret(value string) bool {
	if path := strings.HasPrefix(value, "/"); path && !strings.Contains(value, "+") && !strings.HasSuffix(value, "=") {
		return false
	}
	for _, r := range references {
		if strings.HasPrefix(value, r) {
			return false
		}
	}
	if len(value) < shortestNamed || strings.ContainsAny(value, " \t\n") || strings.Contains(value, "$(") || strings.Contains(value, "${") {
		return false
	}
	if placeholders.MatchString(value) || figure.MatchString(value) || strings.HasPrefix(value, "sha256:") {
		return false
	}
	hasDigit := strings.ContainsAny(value, "0123456789")
	hasLetter := strings.ContainsFunc(value, func(r rune) bool { return r|0x20 >= 'a' && r|0x20 <= 'z' })
	if !hasDigit || !hasLetter || entropy(value) < leastNamedBits {
		return false
	}
	return !titled.MatchString(value) && !variable.MatchString(value) || uuid.MatchString(value) || longestRun(value) >= 16
}

// noKeys are the words of keys that open nothing.
var noKeys = []string{"PUBLIC", "CACHE", "PARTITION", "PRIMARY", "FOREIGN", "ROUTING", "SORT", "OBJECT", "SHARD", "GROUP", "HOST", "DEDUPLICATION", "IDEMPOTENCY"}

// anyKey reports whether something is called a key, of which there are many kinds: KAGGLE_KEY.
func anyKey(name string) bool {
	words := wordsOf(name)
	return len(words) > 1 && words[len(words)-1] == "KEY" && !slices.ContainsFunc(words, func(w string) bool { return contains(noKeys, w) })
}

// strong reports whether a value is random beyond what people write themselves.
func strong(value string) bool {
	return looksSecret(value) && longestRun(value) >= 20 && entropy(value) >= 3.2
}

// longestRun is the length of the longest part between separators: names have short ones.
func longestRun(value string) int {
	longest := 0
	for _, part := range strings.FieldsFunc(value, func(r rune) bool { return r == '-' || r == '.' || r == '_' }) {
		longest = max(longest, len(part))
	}
	return longest
}

// entropy is Shannon's, in bits a character.
func entropy(text string) float64 {
	var counts [256]int
	for i := range len(text) {
		counts[text[i]]++
	}
	bits := 0.0
	for _, n := range counts {
		if n > 0 {
			p := float64(n) / float64(len(text))
			bits -= p * math.Log2(p)
		}
	}
	return bits
}
