package importer

import "berth/internal/source"

// resourceFlavor reads a ResourceFlavor of Kueue (v1beta1 and v1beta2). Kueue gives a pod the flavor's labels and
// tolerations itself; that the taints are tolerated is the pod's own matter, so a profile requires it.
func (r *reader) resourceFlavor() object {
	spec := r.root.Get("spec")
	r.only(spec, "spec", "nodeLabels", "nodeTaints", "tolerations", "topologyName")
	tolerations := sequence()
	if taints := spec.Get("nodeTaints"); taints != nil {
		for _, t := range taints.Items {
			own := taint{str(t.Get("key")), str(t.Get("value")), str(t.Get("effect"))}
			tolerations.Content = append(tolerations.Content, own.toleration())
		}
	}
	if own := copiedLines(spec.Get("tolerations")); own != nil {
		tolerations.Content = append(tolerations.Content, own.Content...)
	}
	o := newObject().text("description", "Kueue ResourceFlavor "+str(r.root.Get("metadata").Get("name")))
	require := newObject()
	if l := spec.Get("nodeLabels"); l != nil && len(l.Fields) > 0 {
		require.put("node_selector", copied(l))
	}
	o.put("require", require.put("tolerations", tolerations).Node)
	if topology := spec.Field("topologyName"); topology != nil && topology.Node.Kind != source.Null {
		r.warn(topology.Span, "spec.topologyName", "topologyName is left out: a profile names the label of a level itself, as in topology: {required: …}")
	}
	return o.text("source", "Kueue ResourceFlavor")
}
