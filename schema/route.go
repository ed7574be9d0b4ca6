package schema

import "strconv"

// RoutePort is the number of the port of the Service that a run's route leads to, and the place of that port in the plan:
// the one that the route names, or the only one. It is 0 where there is no such port, or where several may be meant.
func (s *RunFields) RoutePort() (port int64, place string) {
	for i := range s.ServicePorts {
		p := &s.ServicePorts[i]
		named := s.Route.Port != "" && (string(s.Route.Port) == p.Name || string(s.Route.Port) == strconv.FormatInt(p.Port, 10))
		if !named && (s.Route.Port != "" || len(s.ServicePorts) > 1) {
			continue
		}
		if port, place = p.Port, "spec.service_ports["+strconv.Itoa(i)+"].port"; p.Protocol == "" || p.Protocol == "TCP" {
			break // and no other one of the number, over UDP
		}
	}
	return port, place
}
